package commands

import "context"

func init() {
	register(runHttpd, "httpd", "apache2")
	register(runNginx, "nginx")
}

// webPort is where web servers listen without a configuration of their own.
const webPort = 80

// runHttpd is Apache's server as its package configures it: the files of its folder on TCP
// 80 (httpd.apache.org/docs/2.4/programs/httpd.html). It reads no configuration.
func runHttpd(ctx context.Context, p *Process) int {
	f := p.flags()
	f.text("D", "", "")
	f.text("k", "", "")
	if words, status := f.parse(); status != 0 || len(words) > 0 {
		return max(status, 1)
	}
	return p.serveFiles(ctx, webPackages[p.Name].root, "Apache/2.4.62 (Amazon Linux)")
}

// runNginx is nginx as its package configures it. It reads no configuration.
func runNginx(ctx context.Context, p *Process) int {
	f := p.flags()
	f.text("g", "", "")
	test := f.toggle("t", "")
	if words, status := f.parse(); status != 0 || len(words) > 0 {
		return max(status, 1)
	}
	if *test {
		return 0
	}
	return p.serveFiles(ctx, webPackages["nginx"].root, "nginx/1.26.2")
}

// serveFiles serves a folder on [webPort] until ctx is done.
func (p *Process) serveFiles(ctx context.Context, root, server string) int {
	listener, err := p.Host.Listen(webPort)
	if err != nil {
		return p.Fail(1, "(98)Address already in use: could not bind to address 0.0.0.0:%d", webPort)
	}
	(&webServer{Process: p, root: root, software: server, noListing: true}).serve(ctx, listener)
	return 0
}
