import { join } from 'node:path';
import { type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { InvalidInputError } from '@diskwright/sdk/errors';
import type { InputField } from '@diskwright/sdk/protocol';
import { nestedTooDeepAt } from '../../common/text/nesting';
import { fieldProblem } from '../commands/commandInput';
import { FolderWatch } from '../folderWatch';
import { type Disposable, Listeners } from '../listeners';
import type { PluginRegistry } from '../plugins/pluginRegistry';
import type { SettingGroup } from './coreSettings';
import { JSONC_OPTIONS, withoutProperty, withProperty } from './editJsonc';
import { nearest } from './nearest';
import { readSettings, type ReadSettings } from './readSettings';
import { settingFields, settingGroups } from './settingGroups';
import { type FileState, SettingsFile } from './settingsFile';

export type SettingsDocument = 'settings' | 'keybindings';
const DOCUMENTS: readonly SettingsDocument[] = ['settings', 'keybindings'];
const MAX_BYTES = 512 * 1024;

/** settings.json and keybindings.json of the data folder: their text, and the values that settings have. */
export class SettingsService {
  private shown: readonly SettingGroup[];
  private fields: ReadonlyMap<string, InputField>;
  /** Of settings.json, as it was read last. */
  private settingsText = '';
  private readonly files: Record<SettingsDocument, SettingsFile>;
  private readonly listeners = new Listeners<SettingsDocument>();
  private readonly digests = new Map<SettingsDocument, string>();
  private current: ReadSettings;
  private watch: FolderWatch | null = null;

  private constructor(
    private readonly dataFolder: string,
    private readonly registry: Pick<PluginRegistry, 'list'>,
  ) {
    this.shown = settingGroups(registry);
    this.fields = settingFields(this.shown);
    const file = (name: string): SettingsFile => new SettingsFile(join(dataFolder, name));
    this.files = { settings: file('settings.json'), keybindings: file('keybindings.json') };
    this.current = readSettings('', this.fields);
  }

  /** What cannot be read has its defaults, and is told as a problem. */
  static async load(dataFolder: string, registry: Pick<PluginRegistry, 'list'>): Promise<SettingsService> {
    const settings = new SettingsService(dataFolder, registry);
    await Promise.all(DOCUMENTS.map((document) => settings.look(document)));
    return settings;
  }

  /** All settings: those of Diskwright itself, then those of each plugin that has any. */
  get groups(): readonly SettingGroup[] {
    return this.shown;
  }

  /** Plugins came or went, and their settings with them. */
  takePlugins(): void {
    this.shown = settingGroups(this.registry);
    this.fields = settingFields(this.shown);
    this.current = readSettings(this.settingsText, this.fields);
    this.listeners.tell('settings');
  }

  /** What a setting is now; its key must be one of {@link groups}. */
  get<T>(key: string): T {
    if (!this.fields.has(key)) throw new InvalidInputError(`there is no setting "${key}"`);
    return this.current.values[key] as T;
  }

  /** All values, defaults included, and what is wrong with settings.json. */
  read(): ReadSettings {
    return this.current;
  }

  /** The values of a plugin's own settings. */
  ofPlugin(id: string): Record<string, unknown> {
    const own = this.groups.find(({ plugin }) => plugin === id)?.properties ?? {};
    return Object.fromEntries(Object.keys(own).map((key) => [key, this.current.values[key]]));
  }

  /** The text as it lies in the data folder. */
  async text(document: SettingsDocument): Promise<FileState & { path: string }> {
    const file = this.files[document];
    return { ...(await file.read()), path: file.path };
  }

  /** @throws StaleError when the file is no longer the one of `digest`. Text that is wrong is kept all the same: it is the user's. */
  async write(document: SettingsDocument, text: string, digest: string): Promise<string> {
    requireSize(text);
    const state = await this.files[document].write(text, digest);
    this.take(document, state);
    return state.digest;
  }

  /**
   * Changes one value and leaves the rest of the text as it is, comments included; null takes it out.
   * @throws InvalidInputError for an unknown setting, a value that it cannot have, and a file that is no JSON
   */
  async set(key: string, value: unknown): Promise<void> {
    const field = this.fields.get(key);
    const problem = field && value !== null ? fieldProblem(field, value) : null;
    if (!field && value !== null) {
      const meant = nearest(key, [...this.fields.keys()]);
      throw new InvalidInputError(`there is no setting "${key}"`, meant ? { todo: `"${meant}" is meant, perhaps.` } : {});
    }
    if (problem !== null) throw new InvalidInputError(`"${key}" ${problem}`);
    const state = await this.files.settings.change(({ text }) => {
      const changed = withValue(text, key, value, this.files.settings.path);
      // What has grown too large in the user's own editor may get smaller.
      if (changed.length > text.length) requireSize(changed);
      return changed;
    });
    this.take('settings', state);
  }

  /** Is told when one of the files has another text, whoever wrote it. */
  onChanged(listener: (document: SettingsDocument) => void): Disposable {
    return this.listeners.add(listener);
  }

  /** Follows what others write, from now on. */
  follow(): void {
    this.watch ??= new FolderWatch(this.dataFolder, () => DOCUMENTS.forEach((document) => void this.look(document)));
  }

  dispose(): void {
    this.watch?.dispose();
  }

  private async look(document: SettingsDocument): Promise<void> {
    try {
      this.take(document, await this.files[document].read());
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (document === 'settings') this.current = { ...readSettings('', this.fields), problems: [message] };
    }
  }

  private take(document: SettingsDocument, { text, digest }: FileState): void {
    const before = this.digests.get(document);
    if (before === digest) return;
    this.digests.set(document, digest);
    if (document === 'settings') {
      this.settingsText = text;
      this.current = readSettings(text, this.fields);
    }
    if (before !== undefined) this.listeners.tell(document);
  }
}

/** @throws InvalidInputError */
function requireSize(text: string): void {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new InvalidInputError(`settings have at most ${MAX_BYTES} bytes`);
}

function withValue(text: string, key: string, value: unknown, path: string): string {
  const errors: ParseError[] = [];
  const isTooDeep = nestedTooDeepAt(text) !== null;
  const root = isTooDeep ? undefined : parseTree(text, errors, JSONC_OPTIONS);
  const isEmpty = text.trim() === '';
  if (!isEmpty && (errors.length > 0 || root?.type !== 'object')) {
    const why = isTooDeep ? 'NestedTooDeeply' : errors[0] ? printParseErrorCode(errors[0].error) : 'NoObject';
    throw new InvalidInputError(`${path} is no JSON object (${why}), so nothing can be changed in it`, {
      todo: 'Open it, and mend it by hand.',
    });
  }
  const base = isEmpty ? '{}\n' : text;
  return value === null ? withoutProperty(base, key) : withProperty(base, key, value);
}
