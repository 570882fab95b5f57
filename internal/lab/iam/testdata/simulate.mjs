// Decides the cases on standard input with an IAM simulator that shares nothing
// with this package, and prints its decisions. See simulator_test.go.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(pathToFileURL(process.cwd() + '/package.json'))
const { runSimulation } = require('@cloud-copilot/iam-simulate')

const named = (policies) => (policies ?? []).map((policy, i) => ({ name: `policy${i}`, policy }))
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

const decisions = []
for (const c of JSON.parse(readFileSync(0, 'utf8'))) {
  const contextVariables = {}
  for (const [key, values] of Object.entries(c.context)) {
    contextVariables[key] = key === 'aws:PrincipalOrgPaths' ? values : values[0]
  }
  const answer = await runSimulation({
    request: { principal: c.principal, action: c.action, resource: { resource: c.resource, accountId: c.account }, contextVariables },
    identityPolicies: named(c.identity),
    resourcePolicy: c.resourcePolicy,
    vpcEndpointPolicies: c.endpointPolicy ? named([c.endpointPolicy]) : undefined,
    serviceControlPolicies: [{ orgIdentifier: 'root', policies: named([everything]) }],
    resourceControlPolicies: [],
  }, {})
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer) + JSON.stringify(c))
  decisions.push(answer.overallResult)
}
console.log(JSON.stringify(decisions))
