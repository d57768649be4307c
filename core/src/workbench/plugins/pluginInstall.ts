import type { WorkbenchResult } from '../../common/workbench';
import type { Workbench } from '../api';

type Answer = WorkbenchResult<'plugins/install'>;
type Installed = Exclude<Answer, { keyChange: object }>;
type KeyChange = Extract<Answer, { keyChange: object }>['keyChange'];

/** Installs a package that the user chooses among the files of the host's machine. */
export async function installFile(workbench: Workbench): Promise<void> {
  const path = await workbench.dialogs.chooseFile({ title: 'Choose a plugin (.tgz)', mode: 'open' });
  if (path !== undefined) await install(workbench, path);
}

/** Installs a package by its name in the user's npm registry. */
export async function installByName(workbench: Workbench): Promise<void> {
  const name = await workbench.quickInput.input({
    title: 'Install a plugin from your npm registry',
    placeholder: '@vendor/plugin, also with a range: @vendor/plugin@^1.2',
    validate: (value) => (value.trim() === '' ? { error: 'Write the name of a package.' } : null),
  });
  if (name !== undefined) await install(workbench, name.trim());
}

async function install(workbench: Workbench, source: string): Promise<void> {
  const { host, notifications } = workbench;
  try {
    const installed = await withAgreedKey(workbench, (key) =>
      notifications.progress(`Installing ${source}`, (_, signal) => host.request('plugins/install', { source, ...key }, signal)),
    );
    if (installed) notifications.info(installedWords(installed));
  } catch (error) {
    notifications.error(error);
  }
}

/**
 * Installs or updates; where the package bears another key than before, only after the user agreed to that very key.
 * @returns null when the user did not
 * @throws as `request`
 */
export async function withAgreedKey(
  workbench: Workbench,
  request: (key: { acceptedKey?: string | null }) => Promise<Answer>,
): Promise<Installed | null> {
  for (let key = {}; ;) {
    const answer = await request(key);
    if (!('keyChange' in answer)) return answer;
    if (!(await agreesToKey(workbench, answer.keyChange))) return null;
    key = { acceptedKey: answer.keyChange.now };
  }
}

async function agreesToKey({ dialogs }: Workbench, { id, known, now }: KeyChange): Promise<boolean> {
  const what = now === null ? 'This package is not signed at all.' : `This package is signed with another one: ${now}.`;
  const button = await dialogs.show({
    title: now === null ? `Install ${id} without a signature?` : `Trust another key for ${id}?`,
    body: `It was installed with the key ${known} before. ${what} Somebody else may have made it. Ask its vendor, by another way than the one by which you got it, whether that is right.`,
    buttons: [
      { label: now === null ? 'Install it unsigned' : 'Trust the new key and install', kind: 'danger' },
      { label: 'Do not install it', kind: 'normal' },
    ],
  });
  return button === 0;
}

/** What came of an installation or an update, a sentence. */
export function installedWords({ id, version, previous, changed, waiting }: Installed): string {
  if (waiting)
    return `${id} ${waiting.version} is installed and waits for you to grant ${waiting.asks.join(', ')}. ${version} stays in use.`;
  if (!changed) return `${id} ${version} is in use already.`;
  return previous === null ? `${id} ${version} is installed.` : `${id} ${version} is in use in place of ${previous}.`;
}
