// Package vpctest has networks for tests: [Network], which tests fill as they
// need, and [TwoVPCs], which has two VPCs with three zones each. Their methods
// fail the test where they fail.
package vpctest
