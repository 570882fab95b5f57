package resources

import (
	"strings"
	"testing"
)

func TestSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	login := w.make(secretType, "Login", props{"Name": "login", "GenerateSecretString": props{"SecretStringTemplate": `{"username":"admin"}`, "GenerateStringKey": "password", "PasswordLength": 20}})
	plain := w.make(secretType, "Plain", props{"SecretString": "text"})
	for reference, want := range map[string]string{
		login.id() + ":SecretString:username::": "admin",
		"login:SecretString:username":           "admin",
		plain.id():                              "text",
		plain.id() + ":SecretString:::":         "text",
	} {
		if got, err := w.Secret(reference); err != nil || got != want {
			t.Errorf("%s: %q, %v", reference, got, err)
		}
	}
	one, err := w.Secret("login:SecretString:password::")
	if err != nil || len(one) != 20 {
		t.Errorf("password %q, %v", one, err)
	}
	for reference, want := range map[string]string{
		"login:SecretString:colour": "has no key colour", plain.id() + ":SecretString:k": "is not JSON", "nobody": "secret nobody does not exist", "arn:aws": "not an ARN",
	} {
		if _, err := w.Secret(reference); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", reference, err, want)
		}
	}
}
