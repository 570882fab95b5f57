package sts

import (
	"context"
	"regexp"
	"strconv"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
//
// The credentials live as long as the role. Session policies and session tags, which would
// change what a session may do, are refused by name.
func init() {
	sts.Register(api.QueryOperation[account]{
		Name: "AssumeRole", Parameters: []string{"RoleArn", "RoleSessionName", "DurationSeconds", "ExternalId"},
		Resource: func(_ account, r *api.Request) string { return r.Form.Get("RoleArn") },
		Keys: func(_ account, r *api.Request) map[string]string {
			keys := map[string]string{"sts:RoleSessionName": r.Form.Get("RoleSessionName")}
			if r.Form.Has("ExternalId") {
				keys["sts:ExternalId"] = r.Form.Get("ExternalId")
			}
			return keys
		},
		Assumes:  func(a account, r *api.Request) *iam.Policy { return a.roles.Trust(r.Form.Get("RoleArn")) },
		Validate: validateAssumeRole,
		Run:      assumeRole,
	})
}

// The limits of a session's duration, in seconds, and its default.
const (
	minDuration     = 900
	maxDuration     = 43200
	defaultDuration = 3600
)

var sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

func validateAssumeRole(r *api.Request) error {
	if name := r.Form.Get("RoleSessionName"); !sessionName.MatchString(name) {
		return awserr.New("ValidationError", "1 validation error detected: Value '%s' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*", name)
	}
	_, err := duration(r)
	return err
}

func duration(r *api.Request) (time.Duration, error) {
	text := r.Form.Get("DurationSeconds")
	if text == "" {
		return defaultDuration * time.Second, nil
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < minDuration || seconds > maxDuration {
		return 0, awserr.New("ValidationError", "1 validation error detected: Value '%s' at 'durationSeconds' failed to satisfy constraint: Member must have value between %d and %d", text, minDuration, maxDuration)
	}
	return time.Duration(seconds) * time.Second, nil
}

func assumeRole(_ context.Context, a account, r *api.Request) (any, error) {
	lasts, err := duration(r)
	if err != nil {
		return nil, err
	}
	session, err := a.roles.AssumeRole(r.Form.Get("RoleArn"), r.Form.Get("RoleSessionName"))
	if err != nil {
		return nil, err
	}
	type credentials struct{ AccessKeyId, SecretAccessKey, SessionToken, Expiration string }
	type user struct{ AssumedRoleId, Arn string }
	made := session.Credentials
	return struct {
		Credentials     credentials
		AssumedRoleUser user
	}{
		credentials{made.AccessKeyID, made.SecretAccessKey, made.SessionToken, api.Timestamp(a.clock.Now().Add(lasts))},
		user{session.UserID(), session.ARN},
	}, nil
}
