package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
)

// Number is a whole number that travels as a JSON string, because
// CloudFormation passes every scalar of a custom resource as one. Reading
// accepts both 443 and "443".
type Number int

// wholeForm is what a Number looks like; strconv alone would take "+443" too.
var wholeForm = regexp.MustCompile(`^-?[0-9]+$`)

// MarshalJSON writes the number as a string.
func (n Number) MarshalJSON() ([]byte, error) {
	return json.Marshal(strconv.Itoa(int(n)))
}

// UnmarshalJSON reads a JSON number or a string with one in it. Anything else,
// fractions and null among it, is an error that shows what was received.
func (n *Number) UnmarshalJSON(data []byte) error {
	text := string(bytes.TrimSpace(data))
	if unquoted := ""; json.Unmarshal(data, &unquoted) == nil {
		text = unquoted
	}
	if !wholeForm.MatchString(text) {
		return fmt.Errorf("want a whole number, got %s", shorten(string(data), 40))
	}
	value, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return fmt.Errorf("want a whole number of at most 32 bits, got %s", shorten(string(data), 40))
	}
	*n = Number(value)
	return nil
}
