package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

func init() { register(runCfnSignal, "cfn-signal") }

// runCfnSignal is cfn-signal for a resource with a CreationPolicy or an UpdatePolicy, and
// with a URL for a wait condition's handle
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/cfn-signal.html).
func runCfnSignal(ctx context.Context, p *Process) int {
	f := p.flags()
	f.status = 1
	success, exitCode := f.text("s", "success", "true"), f.text("e", "exit-code", "")
	id, why, data := f.text("i", "id", ""), f.text("r", "reason", ""), f.text("d", "data", "")
	o := f.cfn("", "") // -s and -r are --success and --reason here
	words, status := f.parse()
	if status != 0 {
		return status
	}
	ok := strings.EqualFold(success.text, "true")
	if exitCode.given {
		ok = exitCode.text == "0"
	}
	if len(words) > 0 {
		return p.signalHandle(ctx, words[0], ok, id.text, why.text, data.text)
	}
	switch {
	case o.stack.text == "":
		return p.Fail(1, "Error: No stack name specified")
	case o.resource.text == "":
		return p.Fail(1, "Error: No logical resource ID specified")
	}
	unique := id.text
	if unique == "" {
		unique = p.Metadata.Instance().ID
	}
	outcome := "FAILURE"
	if ok {
		outcome = "SUCCESS"
	}
	if err := p.cloudFormation(o).call(ctx, "SignalResource", map[string]string{"UniqueId": unique, "Status": outcome}, nil); err != nil {
		return p.Fail(1, "Error signaling CloudFormation: %v", err)
	}
	return 0
}

// signalHandle tells a wait condition's handle
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html).
func (p *Process) signalHandle(ctx context.Context, address string, ok bool, id, why, data string) int {
	if id == "" {
		id = p.Metadata.Instance().ID
	}
	status := "FAILURE"
	if ok {
		status = "SUCCESS"
	}
	body, err := json.Marshal(map[string]string{"Status": status, "Reason": why, "Data": data, "UniqueId": id})
	if err != nil { // strings always encode
		return p.Fail(1, "Error: %v", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, address, bytes.NewReader(body))
	if err != nil {
		return p.Fail(1, "Error: %v", err)
	}
	response, err := p.httpClient().Do(request)
	if err != nil {
		return p.Fail(1, "Error signaling CloudFormation: %v", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return p.Fail(1, "Error signaling CloudFormation: %v", fmt.Errorf("HTTP status %s", response.Status))
	}
	return 0
}
