package commands

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// finish writes the response, the error unless it is silenced, and the text of -w.
func (t *transfer) finish(status int) int {
	if t.response != nil && (status == curlOK || len(t.body) > 0) {
		var out bytes.Buffer
		if t.include || t.headOnly {
			fmt.Fprintf(&out, "%s %s\r\n", t.response.Proto, t.response.Status)
			_ = t.response.Header.Write(&out)
			out.WriteString("\r\n")
		}
		out.Write(t.body)
		if err := t.output(out.Bytes()); err != nil {
			t.message, status = "Failure writing output to destination", curlWriteError
		}
	}
	t.printError(status)
	if t.writeOut != "" {
		text, unknown := t.format(status)
		if unknown != "" {
			return t.Fail(2, "curl: unsupported --write-out variable %q", unknown)
		}
		fmt.Fprint(t.Out, text)
	}
	return status
}

func (t *transfer) output(data []byte) error {
	if t.outFile == "" || t.outFile == "-" {
		_, err := t.Out.Write(data)
		return err
	}
	out, err := t.Files.Open(t.path(t.outFile), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}

// printError prints the error as curl does, unless -s without -S.
func (t *transfer) printError(status int) {
	if status != curlOK && (!t.silent || t.showError) {
		fmt.Fprintf(t.Err, "curl: (%d) %s\n", status, t.message)
	}
}

// transient reports whether --retry covers the failure: time-outs, names that do
// not resolve and the HTTP status codes that curl's manual lists.
func (t *transfer) transient(status int) bool {
	switch {
	case status == curlOK && t.response != nil, status == curlHTTPError:
		switch t.response.StatusCode {
		case 408, 429, 500, 502, 503, 504, 522, 524:
			return true
		}
		return status != curlOK && t.retryAll
	case status == curlOK:
		return false
	case status == curlTimeout, status == curlNoHost:
		return true
	}
	return t.retryAll || t.retryRefused && t.refused
}

// format replaces the variables of -w; it returns the first that is not known.
func (t *transfer) format(status int) (text, unknown string) {
	values := map[string]string{
		"exitcode": strconv.Itoa(status), "errormsg": t.message, "url_effective": t.url, "num_retries": "0",
		"size_download":   strconv.Itoa(len(t.body)),
		"time_total":      fmt.Sprintf("%.6f", t.Clock.Now().Sub(t.started).Seconds()),
		"time_connect":    fmt.Sprintf("%.6f", t.connectTime.Seconds()),
		"time_namelookup": fmt.Sprintf("%.6f", t.lookupTime.Seconds()),
		"http_code":       "000", "response_code": "000", "content_type": "",
		"remote_ip": "", "remote_port": "", "local_ip": "", "local_port": "",
	}
	if t.response != nil {
		code := fmt.Sprintf("%03d", t.response.StatusCode)
		values["http_code"], values["response_code"] = code, code
		values["content_type"] = t.response.Header.Get("Content-Type")
		values["url_effective"] = t.response.Request.URL.String()
	}
	if t.remote != nil {
		values["remote_ip"], values["remote_port"], _ = net.SplitHostPort(t.remote.String())
		values["local_ip"], values["local_port"], _ = net.SplitHostPort(t.local.String())
	}
	format := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r").Replace(t.writeOut)
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(format, "%{")
		out.WriteString(before)
		if !ok {
			return out.String(), ""
		}
		name, rest, _ := strings.Cut(rest, "}")
		value, known := values[name]
		if !known {
			return "", name
		}
		out.WriteString(value)
		format = rest
	}
}
