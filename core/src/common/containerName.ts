/** A volume that a container lies on. */
export interface MemberName {
  device: string;
  /** 0 is the whole device. */
  partition: number;
}

/** The device `name` in the container that lies on `members`: at least one. */
export interface ContainerName {
  members: MemberName[];
  name: string;
}

/**
 * What `DEVICE#N@NAME` says, or `A#N+B#M@NAME` of several members; null when a name has not this form, or is that of a file in a volume (the last of
 * `#N@` and `#N:/` counts). A container may itself lie in one: `disk.img#2@luks#0@vg/root`. A `+` joins what stands between it and the last `@` before it;
 * `++` joins all that stands before it with what follows, so that several members may lie in containers: `a.img#1@luks#0++b.img#1@luks#0@vg/root`.
 * Whether there is a file of that name, which is then meant, is for the caller: {@link filesBefore}.
 */
export function containerReading(text: string): ContainerName | null {
  const match = /^(.+#\d{1,9})@(.+)$/s.exec(text);
  if (!match) return null;
  const [, volumes, name] = match as unknown as [string, string, string];
  const inVolume = /^(.+)#\d{1,9}:\/.*$/s.exec(text);
  if (inVolume && inVolume[1]!.length > volumes.length) return null;
  return { members: membersOf(volumes).map(memberNamed), name };
}

/** The files that are meant, if they are there, by a name that {@link containerReading} reads: one of all of it, and one with a snapshot. */
export function filesBefore(text: string, { members }: ContainerName): string[] {
  return members.length === 1 ? [text, memberText(members[0]!)] : [text];
}

export function containerText({ members, name }: ContainerName): string {
  return `${membersText(members)}@${name}`;
}

/** As they stand in a name. */
export function membersText(members: readonly MemberName[]): string {
  const texts = members.map(memberText);
  return texts.join(texts.slice(1).some((text) => IN_CONTAINER.test(text)) ? '++' : '+');
}

export const memberText = ({ device, partition }: MemberName): string => `${device}#${partition}`;

/** A volume of a device in a container. */
const IN_CONTAINER = /#\d{1,9}@/;

function membersOf(volumes: string): string[] {
  const whole = volumes.split(/(?<=#\d{1,9})\+\+/);
  if (whole.length > 1) return whole;
  const pieces = volumes.split(/(?<=#\d{1,9})\+/);
  // What stands before the last container in it was joined for that one: `a#1+b#1@md#0` is one volume.
  const lastInner = pieces.findLastIndex((piece) => IN_CONTAINER.test(piece));
  return lastInner < 0 ? pieces : [pieces.slice(0, lastInner + 1).join('+'), ...pieces.slice(lastInner + 1)];
}

function memberNamed(text: string): MemberName {
  const [, device, partition] = /^(.+)#(\d{1,9})$/s.exec(text) as unknown as [string, string, string];
  return { device, partition: Number(partition) };
}
