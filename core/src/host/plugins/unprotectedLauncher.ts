import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { PLUGIN_PROCESS_VARIABLE } from '@diskwright/sdk/runtime';
import type { LaunchedPlugin, PluginLauncher } from './pluginLauncher';
import { pluginProgram } from './pluginProgram';
import type { InstalledPlugin } from './pluginRecord';

/**
 * Starts plugins as plain processes, with all the rights of the user. For tests of what is not the sandbox, and for the debugger; whoever makes
 * one says so: there is no way by which the product comes to use it.
 */
export class UnprotectedLauncher implements PluginLauncher {
  /** @param _acknowledged spells out at the call what it does */
  constructor(_acknowledged: { withoutSandbox: true }) {}

  launch(plugin: InstalledPlugin): LaunchedPlugin {
    const { command } = plugin.manifest;
    const { path, args } = command ? pluginProgram(plugin.folder, command) : { path: process.execPath, args: [plugin.mainFile] };
    const child = spawn(path, args, {
      cwd: plugin.folder,
      env: { [PLUGIN_PROCESS_VARIABLE]: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'ipc'],
    });
    return { child, rpc: child.stdio[3] as Duplex, report: Promise.resolve(null) };
  }

  dispose(): void {}
}
