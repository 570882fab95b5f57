'use strict';

const { Lazy, Stack, Token } = require('aws-cdk-lib');

// rendering counts the stacks that are being rendered, one within the other.
let rendering = 0;

// Rendering shows a stack's template to whoever asks while CDK writes it.
class Rendering {
  // of returns the template of a stack as JSON text, as CDK would write it now:
  // with what AddOverride and its like changed. What was written late for the stack
  // is asked for anew after it.
  static of(stack) {
    for (const memo of memos.get(stack) || []) delete memo.value;
    rendering++;
    try {
      const { transforms, metadata, templateFormatVersion } = stack.templateOptions;
      const template = stack.resolve({
        AWSTemplateFormatVersion: templateFormatVersion,
        Transform: transforms && transforms.length === 1 ? transforms[0] : transforms && Array.from(new Set(transforms)),
        Metadata: metadata,
      }) || {};
      for (const element of stack.node.findAll()) {
        if (element === stack || element.stack !== stack || typeof element._toCloudFormation !== 'function') continue;
        merge(template, stack.resolve(element._toCloudFormation()));
      }
      return JSON.stringify(template);
    } finally {
      rendering--;
    }
  }
}

// merge adds the sections of a fragment, such as Resources and Outputs.
function merge(template, fragment) {
  for (const [section, entries] of Object.entries(fragment || {})) {
    template[section] = Object.assign(template[section] || {}, entries);
  }
}

// memos are the values of each stack that were written late.
const memos = new WeakMap();

// sets are the texts that were added, by the names of their sets.
const sets = new Map();

// Late makes values that are known when the template is written. They are tokens as
// text, which stand for values of any kind: jsii hands text over as it is.
class Late {
  // written is produced once, when the stack's template is written: not before, when CDK
  // looks for references between stacks, and not while a stack is rendered.
  static written(stack, producer) {
    const memo = {};
    if (!memos.has(stack)) memos.set(stack, []);
    memos.get(stack).push(memo);
    return Token.asString(Lazy.uncachedAny({
      produce: (context) => {
        if (rendering > 0 || context.preparing) return undefined;
        if (!('value' in memo)) memo.value = producer.produce();
        return memo.value;
      },
    }));
  }

  static add(set, text) {
    if (!sets.has(set)) sets.set(set, new Set());
    sets.get(set).add(text);
  }

  // list is what is given and what has been added to the set by the time it is written
  // but for one text, each once. An empty one is left out.
  static list(set, given, without) {
    return Lazy.uncachedList({
      produce: () => [...new Set([...given, ...[...(sets.get(set) || [])].filter((text) => text !== without)])],
    }, { omitEmpty: true });
  }

  // free is the first of the texts that has not been added to the set, or the first.
  static free(set, texts) {
    return Lazy.uncachedString({ produce: () => texts.find((text) => !(sets.get(set) || new Set()).has(text)) || texts[0] });
  }

  // addProved gives the endpoint's resource the endpoint's policy with a statement, which
  // it may have already; none where the policy is none.
  static addProved(resource, endpoint, statement) {
    let added = false;
    resource.policyDocument = Lazy.uncachedAny({
      produce: () => {
        const policy = endpoint.policyDocument;
        if (!policy || policy.isEmpty) return undefined;
        if (!added) {
          added = true;
          if (!(policy.toJSON().Statement || []).some((other) => other.Sid === statement.sid)) policy.addStatements(statement);
        }
        return policy;
      },
    });
  }

  // subnets are those that a selection chooses in a VPC.
  static subnets(vpc, selection) {
    return vpc.selectSubnets(selection || {}).subnets;
  }

  // policy is the policy that the endpoint's resource will have as JSON text, or the other
  // where it will have none.
  static policy(resource, other) {
    return Stack.of(resource).toJsonString(Lazy.uncachedAny({
      produce: (context) => {
        const policy = resource.policyDocument;
        return policy && context.resolve(policy) ? policy : other;
      },
    }));
  }
}

exports.Rendering = Rendering;
exports.Late = Late;
