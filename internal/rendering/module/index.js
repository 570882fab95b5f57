'use strict';

// Rendering shows a stack's template to whoever asks while CDK writes it.
class Rendering {
  // of returns the template of a stack as JSON text, as CDK would write it now:
  // with what AddOverride and its like changed.
  static of(stack) {
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
  }
}

// merge adds the sections of a fragment, such as Resources and Outputs.
function merge(template, fragment) {
  for (const [section, entries] of Object.entries(fragment || {})) {
    template[section] = Object.assign(template[section] || {}, entries);
  }
}

exports.Rendering = Rendering;
