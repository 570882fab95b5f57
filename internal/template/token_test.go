package template

import "testing"

func TestTokens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		token, list bool
		readable    string
	}{
		"plain $ {Token} #": {false, false, "plain $ {Token} #"},
		"kms.${Token[AWS.Region.7]}.${Token[AWS.URLSuffix.4]}": {true, false, "kms.<AWS.Region>.<AWS.URLSuffix>"},
		"${Token[TOKEN.1234]}/x":                               {true, false, "<TOKEN>/x"},
		"#{Token[TOKEN.12]}":                                   {true, true, "<TOKEN>"},
		"${Token[12]}":                                         {true, false, "<>"},
	} {
		if HasToken(text) != want.token || IsListToken(text) != want.list || Readable(text) != want.readable {
			t.Errorf("%s: %t, %t, %s, want %+v", text, HasToken(text), IsListToken(text), Readable(text), want)
		}
	}
}
