/** The `diskwright` section of a plugin's package.json. */
import Type from 'typebox';
import { Name, oneOf, Text } from './common';

const Identifier = Type.String({ pattern: '^[a-z][a-z0-9]*([-.][a-zA-Z0-9]+)*$', maxLength: 128 });

/** The plugin's id, a dot, and a name: `disk-clone.bootGapMiB`. */
const SettingKey = Type.String({ pattern: '^[a-z0-9][a-z0-9._~-]*\\.[a-z][a-zA-Z0-9]*$' });

/** Bytes at a place of the volume or device; a negative offset counts from its end. */
export const Magic = Type.Object(
  {
    offset: Type.Integer({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
    /** Lower-case hexadecimal, 1 … 64 bytes. */
    bytes: Type.String({ pattern: '^([0-9a-f]{2}){1,64}$' }),
    /** An offset from the end counts from the last whole multiple of so many bytes: for formats that round down where the end is. */
    endMultiple: Type.Optional(Type.Integer({ minimum: 512, maximum: 65536 })),
  },
  { additionalProperties: false },
);

/** What a field of a command's input holds, beyond its JSON type. `volumePath` is a file or folder in a volume, `DEVICE#N:/path`. */
export const InputFormat = oneOf('device', 'volume', 'volumePath', 'path', 'file', 'folder', 'layout', 'size', 'secret');

const scalar = {
  title: Type.Optional(Text),
  description: Type.Optional(Text),
};
const numeric = {
  type: Type.Union([Type.Literal('integer'), Type.Literal('number')]),
  ...scalar,
  minimum: Type.Optional(Type.Number()),
  maximum: Type.Optional(Type.Number()),
  default: Type.Optional(Type.Number()),
};
const text = {
  type: Type.Literal('string'),
  ...scalar,
  enum: Type.Optional(Type.Array(Text, { minItems: 1 })),
  default: Type.Optional(Text),
};
const flag = { type: Type.Literal('boolean'), ...scalar, default: Type.Optional(Type.Boolean()) };
/**
 * Of a field whose values, or whose value where none is given, depend on other fields: the command's `resolve` tells them as `choices` and `defaults`.
 * They hold wherever the command is called, and so do the errors of `resolve`.
 */
const dependent = Type.Optional(Type.Boolean());

/** A field of the objects in a list. */
export const ItemField = Type.Union([
  Type.Object(text, { additionalProperties: false }),
  Type.Object(numeric, { additionalProperties: false }),
  Type.Object(flag, { additionalProperties: false }),
]);

/** The subset of JSON Schema for a command's input: an object of scalars, arrays of scalars or flat objects, `oneOf` by a const. */
export const InputField = Type.Union([
  Type.Object(
    {
      ...text,
      dependent,
      format: Type.Optional(InputFormat),
      /** For `format: device|volume|volumePath`: whether the command reads it or its plan will write it. */
      access: Type.Optional(Type.Union([Type.Literal('read'), Type.Literal('write')])),
      /**
       * For one device or volume that the command's plan writes: users may give several, and the command makes a plan for each. The plans are
       * applied together, and what they read in common is read once.
       */
      repeatable: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  Type.Object({ ...numeric, dependent }, { additionalProperties: false }),
  Type.Object({ ...flag, dependent }, { additionalProperties: false }),
  Type.Object(
    {
      type: Type.Literal('array'),
      ...scalar,
      /** `type` is one of JSON's; objects may say what they hold. */
      items: Type.Object({
        type: Name,
        properties: Type.Optional(Type.Record(Type.String(), ItemField)),
        required: Type.Optional(Type.Array(Name)),
      }),
      maxItems: Type.Optional(Type.Integer({ minimum: 0 })),
    },
    { additionalProperties: false },
  ),
]);
export const InputSchema = Type.Object(
  {
    type: Type.Literal('object'),
    properties: Type.Record(Type.String(), InputField),
    required: Type.Optional(Type.Array(Name)),
  },
  { additionalProperties: false },
);

export const CommandContribution = Type.Object(
  {
    id: Identifier,
    title: Text,
    description: Type.Optional(Text),
    /** The name of a codicon (https://microsoft.github.io/vscode-codicons), shown before the title. */
    icon: Type.Optional(Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 })),
    /**
     * `programs`: its input is nothing that people would write in a form, such as lists of objects. A workbench offers it nowhere, and calls it for what
     * it lets people do itself. `people` unless given.
     */
    audience: Type.Optional(oneOf('people', 'programs')),
    input: InputSchema,
    /**
     * Where a workbench offers the command beside its list of commands: on a device or on a volume (whose name then fills the input's only required field
     * of that format or, of several, the only one that is read), or among the tools.
     */
    placement: Type.Optional(Type.Array(oneOf('device', 'volume', 'tools'), { maxItems: 3 })),
    /** On volumes only where the filesystem is one of these, by libblkid's names; without it on all. */
    filesystems: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 64 })),
    returns: oneOf('plan', 'view', 'value', 'list', 'content', 'operation'),
    cli: Type.Optional(
      Type.Object(
        {
          /** The words of the command line: `["clone", "disk"]`. */
          path: Type.Array(Type.String({ pattern: '^[a-z][a-z0-9-]*$' }), { minItems: 1, maxItems: 4 }),
          /** Input fields taken by position. */
          positionals: Type.Array(Name, { maxItems: 8 }),
          /** Input field → option without dashes, where it differs from the field's name in kebab-case. */
          options: Type.Optional(Type.Record(Type.String(), Type.String({ pattern: '^[a-z][a-z0-9-]*$' }))),
          /** Input field → a letter by which its option is known as well: `{"recursive": "R"}` for `-R`. */
          letters: Type.Optional(Type.Record(Type.String(), Type.String({ pattern: '^[A-Za-z]$' }))),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

export const FilesystemContribution = Type.Object(
  {
    id: Identifier,
    title: Text,
    /** libblkid's names of what it provides. */
    types: Type.Array(Name, { minItems: 1 }),
    /** One of them must match for the plugin to be asked; each alternative is a list of bytes that must all be there. */
    magic: Type.Array(Type.Array(Magic, { minItems: 1, maxItems: 8 }), { minItems: 1, maxItems: 64 }),
    priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000 })),
  },
  { additionalProperties: false },
);
export const PartitionTableContribution = Type.Object(
  {
    id: Identifier,
    title: Text,
    magic: Type.Array(Type.Array(Magic, { minItems: 1, maxItems: 8 }), { minItems: 1, maxItems: 64 }),
    priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000 })),
    /** The kinds of tables that it can make anew on a device. */
    creates: Type.Optional(Type.Array(oneOf('gpt', 'mbr'), { maxItems: 2 })),
  },
  { additionalProperties: false },
);

export const ImageFormatContribution = Type.Object(
  {
    id: Identifier,
    title: Text,
    /** May be empty of a format that is told by its files' names. */
    magic: Type.Array(Type.Array(Magic, { minItems: 1, maxItems: 8 }), { maxItems: 64 }),
    /**
     * Ends of the names of files that the plugin is asked about whatever bytes they begin with, in small letters: `[".001"]` of the first of several
     * files. It has to tell its own from others by what lies beside them.
     */
    nameEndings: Type.Optional(Type.Array(Type.String({ pattern: '^[-._a-z0-9]+$', maxLength: 32 }), { maxItems: 64 })),
    /** As such files are named, without the dot: `["qcow2"]`; for people who look for one. */
    extensions: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z0-9]+(\\.[a-z0-9]+)*$', maxLength: 32 }), { maxItems: 32 }),
    ),
    priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000 })),
  },
  { additionalProperties: false },
);

/** What makes devices of volumes: volume groups, arrays, encrypted containers. */
export const ContainerContribution = Type.Object(
  {
    id: Identifier,
    title: Text,
    /** Of each volume that is a member. */
    magic: Type.Array(Type.Array(Magic, { minItems: 1, maxItems: 8 }), { minItems: 1, maxItems: 64 }),
    priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000 })),
  },
  { additionalProperties: false },
);

export const ViewContribution = Type.Object(
  {
    id: Identifier,
    title: Text,
    description: Type.Optional(Text),
    /** The name of a codicon (https://microsoft.github.io/vscode-codicons). */
    icon: Type.Optional(Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 })),
    /** Where a workbench shows it: left, below, or in the middle. */
    location: oneOf('sidebar', 'panel', 'editor'),
    /** What it is opened on, in the middle only; the plugin may read that as long as the view is open. Absent: nothing. */
    subject: Type.Optional(oneOf('device', 'volume')),
    /** A file of HTML in a folder of the package that holds nothing but what the page is made of. */
    entry: Type.String({ pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)+\\.html$', maxLength: 256 }),
  },
  { additionalProperties: false },
);

export const Capability = Type.String({
  pattern: '^(device\\.(read|write)|network|exec:[A-Za-z0-9._-]+|files\\.(read|write):[a-z]+)$',
});

export const Manifest = Type.Object(
  {
    /** A bundled JavaScript file inside the package. Either this or `command`. */
    main: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    /**
     * For a plugin in another language: a program, then its arguments. What begins with `./` is a file of the package; another program is looked for on
     * PATH: `["python3", "./plugin.py"]`.
     */
    command: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { minItems: 1, maxItems: 32 })),
    displayName: Type.Optional(Text),
    /**
     * The author's own: a module with recipes for images and an oracle, which `diskwright plugin test FOLDER` runs. It is in no package, and never run by an
     * installation.
     */
    conformance: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    contributes: Type.Object(
      {
        commands: Type.Optional(Type.Array(CommandContribution, { maxItems: 256 })),
        filesystems: Type.Optional(Type.Array(FilesystemContribution, { maxItems: 64 })),
        partitionTables: Type.Optional(Type.Array(PartitionTableContribution, { maxItems: 64 })),
        /** Of image files, whose content becomes a device that the plugin serves. */
        imageFormats: Type.Optional(Type.Array(ImageFormatContribution, { maxItems: 64 })),
        /** Of volumes that hold devices themselves, which the plugin serves. */
        containers: Type.Optional(Type.Array(ContainerContribution, { maxItems: 64 })),
        /** Pages that the workbench shows. */
        views: Type.Optional(Type.Array(ViewContribution, { maxItems: 64 })),
        /** What the user may set, by key: `<plugin id>.<name>`. Each has a default, lists excepted, which are empty by default. */
        settings: Type.Optional(Type.Record(SettingKey, InputField)),
      },
      { additionalProperties: false },
    ),
    /** Services of other plugins that it cannot do without: `{ "service": "filesystem", "range": "^0.1" }`. */
    requires: Type.Optional(
      Type.Array(Type.Object({ service: Name, range: Name }, { additionalProperties: false }), { maxItems: 64 }),
    ),
    capabilities: Type.Optional(Type.Array(Capability, { maxItems: 64 })),
    /** MiB of memory that it needs where that is more than the user's setting gives every plugin. */
    memoryMebibytes: Type.Optional(Type.Integer({ minimum: 128, maximum: 2048 })),
  },
  { additionalProperties: false },
);

export const PackageJson = Type.Object({
  name: Type.String({ pattern: '^(@[a-z0-9-~][a-z0-9-._~]*/)?[a-z0-9-~][a-z0-9-._~]*$', maxLength: 214 }),
  version: Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$' }),
  engines: Type.Object({ diskwright: Name }),
  diskwright: Manifest,
});
