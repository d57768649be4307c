import type { CommandContribution, InputField, Magic, PackageJson, ViewContribution } from '@diskwright/sdk/protocol';
import { namesDevice } from '../../common/commands/namesDevice';
import { placementField } from '../../common/commands/placementField';
import { fieldProblem } from '../commands/commandInput';
import { HEAD_BYTES, TAIL_BYTES } from '../../common/magic';
import type { ManifestProblem } from './manifestProblem';
import { pluginId } from './pluginId';

/** What is wrong with a manifest that its schema alone cannot say. The package is valid by its schema. */
export function semanticProblems({ name, diskwright }: PackageJson): ManifestProblem[] {
  const {
    commands = [],
    filesystems = [],
    partitionTables = [],
    imageFormats = [],
    containers = [],
    views = [],
    settings = {},
  } = diskwright.contributes;
  const at = 'diskwright.contributes';
  return [
    ...repeatedIds(commands, `${at}.commands`),
    ...repeatedIds(filesystems, `${at}.filesystems`),
    ...repeatedIds(partitionTables, `${at}.partitionTables`),
    ...repeatedIds(imageFormats, `${at}.imageFormats`),
    ...repeatedIds(containers, `${at}.containers`),
    ...repeatedIds(views, `${at}.views`),
    ...views.flatMap((view, index) => viewProblems(view, diskwright.capabilities ?? [], `${at}.views[${index}]`)),
    ...commands.flatMap((command, index) => commandProblems(command, `${at}.commands[${index}]`)),
    ...commands.flatMap((command, index) => placementProblems(command, `${at}.commands[${index}]`)),
    ...filesystems.flatMap(({ magic }, index) => magicProblems(magic, `${at}.filesystems[${index}].magic`)),
    ...partitionTables.flatMap(({ magic }, index) => magicProblems(magic, `${at}.partitionTables[${index}].magic`)),
    ...imageFormats.flatMap(({ magic }, index) => magicProblems(magic, `${at}.imageFormats[${index}].magic`)),
    ...containers.flatMap(({ magic }, index) => magicProblems(magic, `${at}.containers[${index}].magic`)),
    ...Object.entries(settings).flatMap(([key, field]) => settingProblems(pluginId(name), key, field, `${at}.settings.${key}`)),
    ...writeProblems(commands, diskwright.capabilities ?? [], `${at}.commands`),
    ...capabilityProblems(diskwright.capabilities ?? []),
  ];
}

function repeatedIds(contributions: { id: string }[], at: string): ManifestProblem[] {
  return contributions.flatMap(({ id }, index) => {
    const first = contributions.findIndex((other) => other.id === id);
    if (first === index) return [];
    return [
      { path: `${at}[${index}].id`, message: `"${id}" is the id of ${at}[${first}] already`, mend: 'Give each its own id.' },
    ];
  });
}

function commandProblems({ input, cli, returns }: CommandContribution, at: string): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const known = new Set(Object.keys(input.properties));
  const unknown = (path: string, field: string): void => {
    const mend =
      known.size > 0
        ? `Use one of ${[...known].join(', ')}, or add it to the input's properties.`
        : "Add it to the input's properties.";
    if (!known.has(field)) problems.push({ path: `${at}.${path}`, message: `the input has no field "${field}"`, mend });
  };
  input.required?.forEach((field, index) => unknown(`input.required[${index}]`, field));
  cli?.positionals.forEach((field, index) => unknown(`cli.positionals[${index}]`, field));
  Object.keys(cli?.options ?? {}).forEach((field) => unknown(`cli.options.${field}`, field));
  Object.keys(cli?.letters ?? {}).forEach((field) => unknown(`cli.letters.${field}`, field));
  for (const [name, field] of Object.entries(input.properties))
    problems.push(...nameProblems(name, `${at}.input.properties`), ...fieldProblems(field, `${at}.input.properties.${name}`));
  problems.push(...repeatableProblems(input, cli?.positionals, returns, at), ...secretProblems(input, cli?.positionals, at));
  for (const [name, field] of Object.entries(input.properties)) {
    if (!('dependent' in field && field.dependent && input.required?.includes(name))) continue;
    const mend = 'Take it out of required, and let resolve answer a default or an error.';
    problems.push({
      path: `${at}.input.properties.${name}.dependent`,
      message: 'what it is depends on others, and yet it is required',
      mend,
    });
  }
  const optional = cli?.positionals.findIndex((field) => !input.required?.includes(field)) ?? -1;
  const later = optional < 0 ? undefined : cli?.positionals.slice(optional).find((field) => input.required?.includes(field));
  if (later !== undefined) {
    const message = `"${later}" is required, but comes after a field that is not`;
    problems.push({ path: `${at}.cli.positionals`, message, mend: 'Put required fields first.' });
  }
  return problems;
}

/** Every process can be looked at with its words, and shells remember them. */
function secretProblems({ properties }: CommandContribution['input'], positionals: string[] = [], at: string): ManifestProblem[] {
  return positionals.flatMap((name, index) => {
    const field = properties[name];
    if (field?.type !== 'string' || field.format !== 'secret') return [];
    const message = `"${name}" is a secret, which must not be a word of the command line`;
    return [
      { path: `${at}.cli.positionals[${index}]`, message, mend: 'Take it out: its option names a file, and it is asked for.' },
    ];
  });
}

/** A plan is made for each value of one field, whose words on the command line end with the positionals. */
function repeatableProblems(
  { properties, required = [] }: CommandContribution['input'],
  positionals: string[] | undefined,
  returns: CommandContribution['returns'],
  at: string,
): ManifestProblem[] {
  const repeatable = Object.entries(properties).filter(([, field]) => field.type === 'string' && field.repeatable);
  return repeatable.flatMap(([name, field], index) => {
    const isTarget = field.type === 'string' && field.access === 'write';
    const isLast = positionals === undefined || positionals.at(-1) === name;
    if (returns === 'plan' && isTarget && required.includes(name) && isLast && index === 0) return [];
    return [
      {
        path: `${at}.input.properties.${name}.repeatable`,
        message:
          'only one field can be repeatable: a required device or volume with access "write", of a command that returns a plan',
        mend: 'Remove it, or make this field the last of cli.positionals, required and of access "write".',
      },
    ];
  });
}

/** On a device or a volume a command is offered with its name filled in, for which there must be one place; what is for programs is offered nowhere. */
function placementProblems(command: CommandContribution, at: string): ManifestProblem[] {
  const { placement = [], audience } = command;
  if (audience === 'programs' && placement.length > 0)
    return [
      { path: `${at}.placement`, message: 'a command for programs is offered nowhere', mend: 'Take placement or audience away.' },
    ];
  return placement.flatMap((place, index) => {
    if (place === 'tools' || placementField(command, place) !== null) return [];
    const message = `it is offered on a ${place}, but no one field of the input is certain to take the ${place}'s name`;
    return [
      {
        path: `${at}.placement[${index}]`,
        message,
        mend: `Let it have one required field with format "${place}", or one whose access is "read", or take "${place}" away.`,
      },
    ];
  });
}

/** An object has something by such a name even when nobody gave it. */
function nameProblems(name: string, at: string): ManifestProblem[] {
  if (!(name in {})) return [];
  return [{ path: at, message: `"${name}" cannot be the name of a field`, mend: 'Give it another name.' }];
}

function fieldProblems(field: InputField, at: string): ManifestProblem[] {
  if (field.type !== 'string') return [];
  const problems: ManifestProblem[] = [];
  if (field.enum && field.default !== undefined && !field.enum.includes(field.default)) {
    problems.push({
      path: `${at}.default`,
      message: `"${field.default}" is not among the values of enum`,
      mend: 'Make it one of them.',
    });
  }
  if (field.access && !namesDevice(field)) {
    problems.push({
      path: `${at}.access`,
      message: 'only devices and volumes have an access',
      mend: 'Remove it, or set format to device or volume.',
    });
  }
  return problems;
}

function settingProblems(id: string, key: string, field: InputField, at: string): ManifestProblem[] {
  const problems = fieldProblems(field, at);
  if (!key.startsWith(`${id}.`)) {
    problems.push({
      path: at,
      message: `the key does not begin with "${id}."`,
      mend: `Name it "${id}.${key.split('.').at(-1)}".`,
    });
  }
  if (field.type === 'array') return problems;
  const wrong = field.default === undefined ? 'is missing' : fieldProblem(field, field.default);
  if (wrong !== null)
    problems.push({ path: `${at}.default`, message: `the default ${wrong}`, mend: 'Give a value that it may have.' });
  return problems;
}

function magicProblems(alternatives: Magic[][], at: string): ManifestProblem[] {
  return alternatives.flatMap((magics, outer) => {
    const path = `${at}[${outer}]`;
    const outside = magics.flatMap((magic, inner) => (isPeeked(magic) ? [] : [unreachable(`${path}[${inner}].offset`)]));
    const empty = magics.every(({ bytes }) => /^(00)+$/.test(bytes))
      ? [{ path, message: 'zeros alone match every empty disk', mend: 'Add bytes that are not zero.' }]
      : [];
    return [...outside, ...empty];
  });
}

/** Whether the bytes lie in what the host reads to find providers. */
function isPeeked({ offset, bytes }: Magic): boolean {
  const length = bytes.length / 2;
  return offset < 0 ? offset >= -TAIL_BYTES && offset + length <= 0 : offset + length <= HEAD_BYTES;
}

function unreachable(path: string): ManifestProblem {
  const message = `the host looks for magic bytes in the first ${HEAD_BYTES} and the last ${TAIL_BYTES} bytes only`;
  return { path, message, mend: 'Name bytes that lie there; the rest is for the probe.' };
}

/** A plan that writes to a device that the user names is only applied for plugins that may write. */
function writeProblems(commands: CommandContribution[], capabilities: string[], at: string): ManifestProblem[] {
  if (capabilities.includes('device.write')) return [];
  return commands.flatMap(({ input, returns }, index) => {
    const writes = Object.values(input.properties).some((field) => field.type === 'string' && field.access === 'write');
    if (!writes || returns !== 'plan') return [];
    const message = 'its plan writes to a device, for which the plugin has no capability';
    return [{ path: `${at}[${index}]`, message, mend: 'Add "device.write" to diskwright.capabilities.' }];
  });
}

/** What is opened on a device has the room of an editor, and reads it. */
function viewProblems({ subject, location }: ViewContribution, capabilities: string[], at: string): ManifestProblem[] {
  if (!subject) return [];
  const problems: ManifestProblem[] = [];
  if (location !== 'editor') {
    const message = `a view that is opened on a ${subject} cannot be shown in the ${location}`;
    problems.push({ path: `${at}.location`, message, mend: 'Make it "editor", or take subject away.' });
  }
  if (!capabilities.includes('device.read')) {
    const message = `it is opened on a ${subject}, which the plugin has no capability to read`;
    problems.push({ path: `${at}.subject`, message, mend: 'Add "device.read" to diskwright.capabilities.' });
  }
  return problems;
}

/** What the sandbox withholds from every plugin, whoever grants it: to ask for it would be a promise that nobody keeps. */
function capabilityProblems(capabilities: string[]): ManifestProblem[] {
  return capabilities.flatMap((capability, index) => {
    const problem = withheld(capability);
    return problem === null ? [] : [{ path: `diskwright.capabilities[${index}]`, ...problem }];
  });
}

function withheld(capability: string): Pick<ManifestProblem, 'message' | 'mend'> | null {
  const [kind] = capability.split(':', 1);
  const cannot = `"${capability}" cannot be granted`;
  switch (kind) {
    case 'network':
      return {
        message: `${cannot}: the sandbox lets no plugin open a connection`,
        mend: 'Leave it out; sectors come over leases that the host connects.',
      };
    case 'exec':
      return {
        message: `${cannot}: the sandbox lets no plugin start a program`,
        mend: 'Leave it out; a filesystem tool is run by Diskwright on what `resize` and its like answer.',
      };
    case 'files.read':
      return {
        message: `${cannot}: the sandbox lets no plugin read files but those of its package`,
        mend: 'Leave it out; a field of the format "device" opens a file that the user names.',
      };
    case 'files.write':
      if (capability === 'files.write:picked') return null;
      return {
        message: `${cannot}: files are written below a folder that the user picked for a command, and nowhere else`,
        mend: 'Write files.write:picked.',
      };
    default:
      return null;
  }
}
