package resources

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
)

// Secrets have their values and no more: templates and functions refer to them. A value that Secrets
// Manager would generate follows from the secret's name.

// secretType is the type whose values are kept.
const secretType = "AWS::SecretsManager::Secret"

// keepSecret keeps the value of a secret, as its properties say
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html).
func (r *Resources) keepSecret(arn string, properties map[string]any) {
	text, ok := cfn.Literal(properties["SecretString"])
	if !ok {
		generate, _ := properties["GenerateSecretString"].(map[string]any)
		text = generatedSecret(arn, generate)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets[arn] = text
}

// maxGenerated is the longest password that the lab makes.
const maxGenerated = 32

func generatedSecret(arn string, generate map[string]any) string {
	length := maxGenerated
	if text, ok := cfn.Literal(generate["PasswordLength"]); ok {
		if n, err := strconv.Atoi(text); err == nil && n > 0 && n < maxGenerated {
			length = n
		}
	}
	password := awsid.Alphanumeric(length, "secret", arn)
	key, keyed := cfn.Literal(generate["GenerateStringKey"])
	if !keyed {
		return password
	}
	fields := map[string]any{}
	if template, ok := cfn.Literal(generate["SecretStringTemplate"]); ok {
		_ = json.Unmarshal([]byte(template), &fields) // what is no object holds no fields
	}
	fields[key] = password
	text, err := json.Marshal(fields)
	if err != nil {
		return password
	}
	return string(text)
}

// Secret finds the value of a reference to a secret: SECRET, SECRET:SecretString:KEY. The
// secret is an ARN, with or without the end that Secrets Manager adds, or a name
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html).
func (r *Resources) Secret(reference string) (string, error) {
	parts := strings.Split(reference, ":")
	id, rest := parts[0], parts[1:]
	if id == "arn" {
		if len(parts) < 7 {
			return "", fmt.Errorf("secret %s: not an ARN", reference)
		}
		id, rest = strings.Join(parts[:7], ":"), parts[7:]
	}
	_, _, text, ok := r.SecretByID(id)
	if !ok {
		return "", fmt.Errorf("secret %s does not exist", id)
	}
	if len(rest) < 2 || rest[1] == "" {
		return text, nil
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		return "", fmt.Errorf("secret %s is not JSON", id)
	}
	value, ok := cfn.Literal(fields[rest[1]])
	if !ok {
		return "", fmt.Errorf("secret %s has no key %s", id, rest[1])
	}
	return value, nil
}

// SecretByID finds a secret by its ARN, with or without the end that Secrets Manager adds, or
// its name.
func (r *Resources) SecretByID(id string) (arn, name, value string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for arn, text := range r.secrets {
		own := arn[strings.LastIndex(arn, ":")+1:]
		short := own[:max(0, len(own)-7)] // without the end
		if arn == id || short == id || strings.TrimSuffix(arn, own)+short == id {
			return arn, short, text, true
		}
	}
	return "", "", "", false
}
