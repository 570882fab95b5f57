package commands

import (
	"fmt"
	"strconv"
	"time"
)

// intervalUnits are the units of a time interval by their letter.
var intervalUnits = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}

// ParseInterval reads a time interval as sleep and timeout take it, in seconds
// or with a unit: 1.5, 2s, 3m, 1h, 1d.
func ParseInterval(text string) (time.Duration, error) {
	unit := time.Second
	if n := len(text); n > 0 && intervalUnits[text[n-1]] != 0 {
		unit, text = intervalUnits[text[n-1]], text[:n-1]
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0) {
		return 0, fmt.Errorf("invalid time interval %q", text)
	}
	return time.Duration(n * float64(unit)), nil
}
