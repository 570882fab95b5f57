package machine

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// digQuery is one query of a dig command line.
type digQuery struct {
	name     string
	kind     uint16
	servers  []netip.AddrPort
	short    bool
	answer   bool // print only the answer section, in long form
	timeout  time.Duration
	attempts int
}

// dig asks for names, with +short, +noall +answer, +time=, +tries=, @server,
// -t TYPE and a type as a word. Status 9: no server answered.
func dig(ctx context.Context, p *process) int {
	q := digQuery{kind: dns.TypeA, servers: p.host.Nameservers(), timeout: 5 * time.Second, attempts: 3}
	var names []string
	for i := 0; i < len(p.args); i++ {
		arg := p.args[i]
		number := func(prefix string) (int, bool) {
			n, err := strconv.Atoi(strings.TrimPrefix(arg, prefix))
			return n, err == nil && n > 0
		}
		switch {
		case arg == "+short":
			q.short = true
		case arg == "+answer":
			q.answer = true
		case arg == "+noall", arg == "+nocmd", arg == "-4":
		case strings.HasPrefix(arg, "+time="), strings.HasPrefix(arg, "+timeout="):
			n, ok := number(arg[:strings.Index(arg, "=")+1])
			if !ok {
				return p.unknownFlag(arg)
			}
			q.timeout = time.Duration(n) * time.Second
		case strings.HasPrefix(arg, "+tries="):
			n, ok := number("+tries=")
			if !ok {
				return p.unknownFlag(arg)
			}
			q.attempts = n
		case strings.HasPrefix(arg, "@"):
			addrs, err := p.resolve(ctx, arg[1:])
			if err != nil {
				return p.fail(10, "dig: couldn't get address for '%s': not found", arg[1:])
			}
			q.servers = []netip.AddrPort{netip.AddrPortFrom(addrs[0], 53)}
		case arg == "-t" && i+1 < len(p.args):
			i++
			kind, ok := dns.StringToType[strings.ToUpper(p.args[i])]
			if !ok {
				return p.unknownFlag("-t " + p.args[i])
			}
			q.kind = kind
		case strings.HasPrefix(arg, "+"), strings.HasPrefix(arg, "-"):
			return p.unknownFlag(arg)
		default:
			if kind, ok := dns.StringToType[strings.ToUpper(arg)]; ok && len(names) > 0 {
				q.kind = kind
			} else {
				names = append(names, arg)
			}
		}
	}
	if len(names) == 0 {
		return p.fail(1, "dig: want a name")
	}
	status := 0
	for _, name := range names {
		q.name = name
		status = max(status, q.run(ctx, p))
	}
	return status
}

func (q digQuery) run(ctx context.Context, p *process) int {
	query := new(dns.Msg).SetQuestion(dns.Fqdn(q.name), q.kind)
	start := p.clock.Now()
	answer, server, err := p.ask(ctx, query, q.servers, q.timeout, q.attempts)
	if err != nil {
		fmt.Fprintln(p.out, ";; connection timed out; no servers could be reached")
		return 9
	}
	switch {
	case q.short:
		for _, record := range answer.Answer {
			fmt.Fprintln(p.out, rdata(record))
		}
	case q.answer:
		for _, record := range answer.Answer {
			fmt.Fprintln(p.out, record)
		}
	default:
		fmt.Fprintf(p.out, "\n; <<>> DiG <<>> %s\n%s\n", q.name, answer)
		fmt.Fprintf(p.out, ";; Query time: %d msec\n;; SERVER: %s#%d(%s)\n", p.clock.Now().Sub(start).Milliseconds(), server.Addr(), server.Port(), server.Addr())
	}
	return 0
}

// rdata is a record without its name, time to live, class and type.
func rdata(record dns.RR) string {
	return strings.TrimPrefix(record.String(), record.Header().String())
}
