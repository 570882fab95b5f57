// Package updates changes a stack of the application through CloudFormation's own API, as
// its console and its command line do: an SDK's client over HTTP, with templates that
// somebody has edited by hand, with the template of before and another parameter, with
// change sets, and with updates that fail and are rolled back or mended. Each must run the
// proof, and what opens a way out must be refuted.
//
// How stacks are deployed from an assembly is not here (packages lifecycle and mutation).
package updates
