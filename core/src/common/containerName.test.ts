import { expect, it } from 'vitest';
import { containerReading, containerText } from './containerName';

const members = (...texts: string[]) =>
  texts.map((text) => ({
    device: text.slice(0, text.lastIndexOf('#')),
    partition: Number(text.slice(text.lastIndexOf('#') + 1)),
  }));

it.each([
  ['disk.img#2@root', members('disk.img#2'), 'root'],
  ['disk.img#0@vg/root', members('disk.img#0'), 'vg/root'],
  ['a.img#1+b.img#1@md', members('a.img#1', 'b.img#1'), 'md'],
  ['a.img#1+b.img#1+c.img#0@md', members('a.img#1', 'b.img#1', 'c.img#0'), 'md'],
  ['a+b.img#1@md', members('a+b.img#1'), 'md'],
  ['disk.img#2@luks#0@vg/root', members('disk.img#2@luks#0'), 'vg/root'],
  ['a.img#1+b.img#1@md#0@vg/root', members('a.img#1+b.img#1@md#0'), 'vg/root'],
  ['a.img#1@luks#0+b.img#1@vg/root', members('a.img#1@luks#0', 'b.img#1'), 'vg/root'],
  ['a.img#1@luks#0++b.img#1@luks#0@vg/root', members('a.img#1@luks#0', 'b.img#1@luks#0'), 'vg/root'],
  [
    'a.img#1+b.img#1@md#0++c.img#0@vg/root',
    members('a.img#1+b.img#1@md#0', 'c.img#0'),
    'vg/root',
    'a.img#1+b.img#1@md#0+c.img#0@vg/root',
  ],
  ['disk.qcow2@before#1@root', members('disk.qcow2@before#1'), 'root'],
  ['nbd://host/export#1@root', members('nbd://host/export#1'), 'root'],
  ['disk.img#1:/inner.img#2@root', members('disk.img#1:/inner.img#2'), 'root'],
])('reads %s', (text, expected, name, shortest = text) => {
  const reading = containerReading(text);
  expect(reading).toEqual({ members: expected, name });
  expect(containerText(reading!)).toBe(shortest);
});

it.each(['disk.img', 'disk.img#2', 'disk.qcow2@before', 'disk.img#2@root#0:/etc/fstab', 'disk.img#2@', 'a@b#1'])(
  'finds none in %s',
  (text) => expect(containerReading(text)).toBeNull(),
);
