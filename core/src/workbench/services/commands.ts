import { InvalidInputError } from '@diskwright/sdk/errors';
import { type Command, type CommandService, type ContextKeyService, type Disposable, Emitter } from '../api';

/** All commands, by id. */
export class Commands implements CommandService {
  private readonly commands = new Map<string, Command>();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly ran = new Emitter<string>();
  /** The id of every command that is run. */
  readonly onDidRun = this.ran.event;

  /** @param showError takes what a command throws */
  constructor(
    private readonly context: ContextKeyService,
    private readonly showError: (error: unknown) => void,
  ) {}

  register(command: Command): Disposable {
    if (this.commands.has(command.id)) throw new InvalidInputError(`the command ${command.id} is registered already`);
    this.context.matches(command.enablement);
    this.commands.set(command.id, command);
    this.changed.fire();
    return {
      dispose: () => {
        if (this.commands.delete(command.id)) this.changed.fire();
      },
    };
  }

  get(id: string): Command | undefined {
    return this.commands.get(id);
  }

  all(): readonly Command[] {
    return [...this.commands.values()];
  }

  isEnabled(id: string): boolean {
    const command = this.commands.get(id);
    return command !== undefined && this.context.matches(command.enablement);
  }

  async run(id: string, args?: unknown): Promise<void> {
    try {
      const command = this.commands.get(id);
      if (!command) {
        throw new InvalidInputError(`there is no command "${id}"`, {
          todo: 'The plugin that brings it may be disabled: see the Plugins view.',
        });
      }
      if (!this.isEnabled(id)) {
        throw new InvalidInputError(`"${command.title}" cannot be used here`, {
          todo: 'Select what it shall act on first.',
        });
      }
      this.ran.fire(id);
      await command.run(args);
    } catch (error) {
      this.showError(error);
    }
  }
}
