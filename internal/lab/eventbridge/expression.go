package eventbridge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// expression is a rate or a cron expression
// (docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html).
type expression struct {
	period time.Duration // of a rate
	zone   *time.Location
	// The fields of a cron expression: the values that each may have. Of the two kinds
	// of days one is nil.
	minutes, hours, days, months, weekdays, years []int
}

// ParseExpression reads an expression. It refuses what the lab does not have: L, W and #
// of cron expressions, and at(…).
func ParseExpression(text string) (expression, error) {
	kind, rest, ok := strings.Cut(text, "(")
	inner, closed := strings.CutSuffix(rest, ")")
	if !ok || !closed {
		return expression{}, fmt.Errorf("the lab has no schedule expression %q", text)
	}
	switch kind {
	case "rate":
		return parseRate(inner)
	case "cron":
		return parseCron(inner)
	}
	return expression{}, fmt.Errorf("the lab has no schedule expression %q", text)
}

func parseRate(inner string) (expression, error) {
	count, unit, _ := strings.Cut(inner, " ")
	n, err := strconv.Atoi(count)
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	length, known := units[strings.TrimSuffix(unit, "s")]
	if err != nil || n < 1 || !known {
		return expression{}, fmt.Errorf("a rate is a number and minutes, hours or days, got %q", inner)
	}
	return expression{period: time.Duration(n) * length}, nil
}

var (
	monthNames   = []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	weekdayNames = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
)

func parseCron(inner string) (e expression, err error) {
	fields := strings.Fields(inner)
	if len(fields) != 6 {
		return e, fmt.Errorf("a cron expression has six fields, got %q", inner)
	}
	if (fields[2] == "?") == (fields[4] == "?") {
		return e, fmt.Errorf("one of the two fields for days of a cron expression must be ?, got %q", inner)
	}
	for i, into := range []*[]int{&e.minutes, &e.hours, &e.days, &e.months, &e.weekdays, &e.years} {
		limits := [][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {1, 7}, {1970, 2199}}[i]
		names := map[int][]string{3: monthNames, 4: weekdayNames}[i]
		if *into, err = parseField(fields[i], limits[0], limits[1], names); err != nil {
			return e, fmt.Errorf("the lab has no cron expression %q: %w", inner, err)
		}
	}
	return e, nil
}

// parseField reads the values of a field: * and ?, numbers, names, lists, ranges, steps.
func parseField(field string, least, most int, names []string) ([]int, error) {
	if field == "?" {
		return nil, nil
	}
	number := func(text string) (int, error) {
		if i := slices.Index(names, strings.ToUpper(text)); i >= 0 {
			return i + 1, nil
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			return 0, fmt.Errorf("%q is not between %d and %d", text, least, most)
		}
		return n, nil
	}
	var out []int
	for part := range strings.SplitSeq(field, ",") {
		part, stepText, stepped := strings.Cut(part, "/")
		step := 1
		var err error
		if stepped {
			if step, err = strconv.Atoi(stepText); err != nil || step < 1 {
				return nil, fmt.Errorf("%q is no step", stepText)
			}
		}
		first, last := least, most
		if part != "*" {
			low, high, ranged := strings.Cut(part, "-")
			if first, err = number(low); err != nil {
				return nil, err
			}
			if last = first; ranged {
				if last, err = number(high); err != nil {
					return nil, err
				}
			} else if stepped {
				last = most
			}
		}
		for n := first; n <= last; n += step {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// next is the first time after t; zero: there is none.
func (e expression) next(t time.Time) time.Time {
	if e.period > 0 {
		return t.Add(e.period)
	}
	zone := e.zone
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone).Truncate(time.Minute).Add(time.Minute)
	for day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone); day.Year() < t.Year()+5; day = day.AddDate(0, 0, 1) {
		if !e.onDay(day) {
			continue
		}
		for _, hour := range e.hours {
			for _, minute := range e.minutes {
				at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, zone)
				if !at.Before(t) {
					return at
				}
			}
		}
	}
	return time.Time{}
}

func (e expression) onDay(day time.Time) bool {
	return slices.Contains(e.years, day.Year()) && slices.Contains(e.months, int(day.Month())) &&
		(e.days == nil || slices.Contains(e.days, day.Day())) &&
		(e.weekdays == nil || slices.Contains(e.weekdays, int(day.Weekday())+1))
}
