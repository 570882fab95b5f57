'use strict';

// Rendering shows a stack's template to whoever asks while CDK writes it.
class Rendering {
  // of returns the template of a stack as JSON text, as CDK would write it now:
  // with what AddOverride and its like changed. Of resources of the type
  // without, nothing but type and condition is rendered: they may be asking.
  static of(stack, without) {
    const template = {};
    for (const element of stack.node.findAll()) {
      if (element === stack || element.stack !== stack || typeof element._toCloudFormation !== 'function') continue;
      if (element.cfnResourceType === without) {
        merge(template, { Resources: { [stack.resolve(element.logicalId)]: { Type: without } } });
      } else {
        merge(template, stack.resolve(element._toCloudFormation()));
      }
    }
    return JSON.stringify(template);
  }
}

// merge adds the sections of a fragment, such as Resources and Outputs.
function merge(template, fragment) {
  for (const [section, entries] of Object.entries(fragment || {})) {
    template[section] = Object.assign(template[section] || {}, entries);
  }
}

exports.Rendering = Rendering;
