// Package console is pages in a browser about what is in a lab: stacks with their events,
// resources, outputs, templates and parameters, the report of each verification with every
// claim, a picture of the network with the paths of the claims, the logs of functions and the consoles of instances.
//
// The pages are made here, by html/template, and work without scripts. One small script
// fetches a page anew when something has changed. Each thing has an address that stays
// valid as long as the lab:
//
//	/console/                                     Regions and their stacks
//	/console/monitoring/REGION                    alarms, metrics, schedules, rules, dashboards
//	/console/monitoring/REGION/dashboards/NAME
//	/console/instances/REGION/ID                  a shell on an instance
//	/console/stacks/REGION/NAME                          the newest stack of a name
//	/console/stacks/REGION/NAME/ID                       a stack: its report
//	/console/stacks/REGION/NAME/ID/network[/picture.svg] its picture; with ?claim=ID the path of a claim
//	/console/stacks/REGION/NAME/ID/events                … and outputs, parameters, template
//	/console/stacks/REGION/NAME/ID/resources[/LOGICALID]
//	/console/stacks/REGION/NAME/ID/logs[/NAME]
//
// Nothing but the shell changes anything in the lab: that is what AWS's APIs are for. That no
// page of another site posts a command is up to the server around this.
package console
