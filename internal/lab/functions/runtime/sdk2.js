// Stands in for the AWS SDK for JavaScript, version 2, which Lambda's runtimes up to
// nodejs16.x bring along: its clients, whose calls answer by promise() or a callback. The
// requests are those of the stand-in for version 3.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const version3 = require('./sdk.js');

const known = JSON.parse(fs.readFileSync(path.join(__dirname, 'sdk.json'), 'utf8'));
const renamed = {
  'elastic-load-balancing-v2': 'ELBv2', sfn: 'StepFunctions', 'cognito-identity-provider': 'CognitoIdentityServiceProvider', 'elasticsearch-service': 'ES',
  'lex-model-building-service': 'LexModelBuildingService', 'database-migration-service': 'DMS', 'cost-and-usage-report-service': 'CUR', 'application-discovery-service': 'Discovery',
};
const camel = (s) => s[0].toLowerCase() + s.slice(1);

// plain has buffers for bytes, as version 2 does, and no metadata of version 3.
function plain(v) {
  if (v instanceof Uint8Array) return Buffer.from(v);
  if (Array.isArray(v)) return v.map(plain);
  if (!v || typeof v !== 'object' || v instanceof Date) return v;
  return Object.fromEntries(Object.entries(v).filter(([k]) => k !== '$metadata').map(([k, x]) => [k, plain(x)]));
}

// request is an AWS.Request: it is sent when somebody asks for its outcome.
function request(send, done) {
  const outcome = () => send().then(plain, (e) => { throw Object.assign(e, { code: e.name, statusCode: e.$metadata?.httpStatusCode, retryable: false }); });
  const answer = (callback) => void outcome().then((v) => callback(null, v), (e) => callback(e, null));
  if (done) answer(done);
  return { promise: outcome, send: (callback = () => {}) => answer(callback), on() { return this; } };
}

module.exports = (relay) => {
  const AWS = { VERSION: '2.1692.0', config: { update(o) { Object.assign(this, o); }, region: process.env.AWS_REGION } };
  for (const [service, client] of Object.entries(known)) {
    const sdk = version3(service, relay);
    AWS[renamed[service] ?? client.name] = class {
      constructor(options = {}) {
        this.config = { ...AWS.config, ...options };
        this.client = new sdk[client.name]({ region: options.region ?? AWS.config.region });
      }
    };
    for (const operation of client.operations) {
      AWS[renamed[service] ?? client.name].prototype[camel(operation)] = function (params, done) {
        if (typeof params === 'function') [params, done] = [{}, params];
        return request(() => this.client[camel(operation)](params ?? {}), done);
      };
    }
  }
  return new Proxy(AWS, {
    get(target, name) {
      if (name in target || typeof name !== 'string' || name === 'then' || name === 'default' || name === '__esModule') return target[name];
      // A client that the lab does not have: code that only loads it works.
      const refused = () => request(() => Promise.reject(new Error(`the lab's stand-in for aws-sdk has no client ${name}`)));
      return class { constructor() { return new Proxy(this, { get: (t, n) => (n in t || typeof n !== 'string' ? t[n] : refused) }); } };
    },
  });
};
