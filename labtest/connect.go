package labtest

import (
	"fmt"

	"provenendpoints/internal/lab/reach"
)

// Connects asserts that the accounts, by their ids, can connect an endpoint in a VPC of
// theirs to an endpoint service of the stacks: that it is available at once, or waits
// for acceptance.
func (l *Lab) Connects(service string, accounts ...string) {
	l.t.Helper()
	for _, account := range accounts {
		if c := l.connect(service, account); c.State == "" {
			l.t.Errorf("an endpoint of the account %s to %s is refused: %v", account, service, c.Refused)
		}
	}
}

// DoesNotConnect asserts that the accounts, by their ids, cannot even ask for a connection
// to an endpoint service of the stacks.
func (l *Lab) DoesNotConnect(service string, accounts ...string) {
	l.t.Helper()
	for _, account := range accounts {
		if c := l.connect(service, account); c.State != "" {
			l.t.Errorf("an endpoint of the account %s to %s is not refused: it is %s", account, service, c.State)
		}
	}
}

// connect tries it in the Region that has the service.
func (l *Lab) connect(service, account string) reach.Connected {
	l.t.Helper()
	defer l.run()()
	l.looking.Lock()
	defer l.looking.Unlock()
	err := fmt.Errorf("there is no endpoint service %q", service)
	for _, s := range l.lab.Survey() {
		found, missing := s.EndpointService(service)
		if missing != nil {
			err = missing
			continue
		}
		c, err := s.Connect(found, "arn:aws:iam::"+account+":root")
		if err != nil {
			l.fatal(err)
		}
		return c
	}
	l.fatal(err)
	return reach.Connected{}
}
