package host

import (
	"fmt"
	"strings"
)

// The scripts use only what Amazon Linux 2023's standard image has: bash,
// coreutils, systemd, python3, iputils and curl. They need no network but the
// one that they test
// (docs.aws.amazon.com/linux/al2023/ug/image-comparison.html).

// webRoot is where a web host keeps its page, webUnit the service that serves it.
const (
	webRoot = "/srv/www"
	webUnit = "/etc/systemd/system/web.service"
)

// webScript serves a page with the host's own name on a TCP port. The service
// runs as a dynamic user, which exists only while the service runs and may bind
// a low port and do little else.
func webScript(name string, port int) string {
	return fmt.Sprintf(`#!/bin/bash
# Serves a page that names this host.
mkdir -p %[1]s
cat > %[1]s/index.html <<'END'
%[2]s
END
cat > %[3]s <<'END'
[Unit]
Description=A page that names this host
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=/usr/bin/python3 -m http.server %[4]d --directory %[1]s
Restart=always
DynamicUser=yes
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes

[Install]
WantedBy=multi-user.target
END
systemctl enable --now web.service
`, webRoot, name, webUnit, port)
}

// reportFile holds the report while it is being sent; /run is in memory.
const reportFile = "/run/ping-report.json"

// pingScript pings a name and sends the end of what ping printed to the URL of
// a wait condition, as the wait condition wants it
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html).
// The report's arrival decides; ping's own result is evidence. The route and the
// endpoint's policy may take minutes to become effective, so sending is tried
// again for about ten minutes.
func pingScript(name, url string) string {
	return strings.NewReplacer("NAME", name, "URL", url, "FILE", reportFile).Replace(`#!/bin/bash
# Pings NAME and reports the result to CloudFormation.
seen=$(ping -c 4 -W 2 'NAME' 2>&1 | tail -n 2)
# One line, without the characters that JSON would need escaped.
seen="${seen//$'\n'/ | }"
seen="${seen//[\"\\]/}"
cat > FILE <<END
{"Status": "SUCCESS", "UniqueId": "ping", "Reason": "the instance reported", "Data": "$seen"}
END
curl --silent --show-error --fail --max-time 15 \
  --retry 30 --retry-delay 5 --retry-all-errors \
  --upload-file FILE 'URL'
`)
}
