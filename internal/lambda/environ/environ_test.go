package environ

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestConfig(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token", "AWS_ENDPOINT_URL": "",
	} {
		t.Setenv(name, value)
	}
	config := Config()
	if config.Region != "eu-central-1" || config.BaseEndpoint != nil {
		t.Errorf("region %q, base %v", config.Region, config.BaseEndpoint)
	}
	got, err := config.Credentials.Retrieve(t.Context())
	if err != nil || got.AccessKeyID != "AKIA" || got.SecretAccessKey != "secret" || got.SessionToken != "token" || got.CanExpire {
		t.Errorf("credentials %+v, error %v", got, err)
	}
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	if config := Config(); config.BaseEndpoint == nil || *config.BaseEndpoint != "http://127.0.0.1:1" {
		t.Errorf("base %v", config.BaseEndpoint)
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	if got, err := config.Credentials.Retrieve(t.Context()); err == nil {
		t.Errorf("half a pair of keys made credentials %+v", got)
	}
}

func TestLog(t *testing.T) {
	t.Setenv("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/x")
	t.Setenv("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
	if LogGroup() != "/aws/lambda/x" || LogStream() != "stream" {
		t.Errorf("group %q, stream %q", LogGroup(), LogStream())
	}
	var buffer bytes.Buffer
	Logger(&buffer).Info("verdict", "claim", "A")
	var line map[string]any
	if err := json.Unmarshal(buffer.Bytes(), &line); err != nil || line["claim"] != "A" || line["msg"] != "verdict" {
		t.Errorf("line %s, error %v", buffer.String(), err)
	}
}
