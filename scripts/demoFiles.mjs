// What lies on the demo disk. Made up, so that it is nobody's, and computed, so that it is small.
import { crc32, deflateSync } from 'node:zlib';

/** A picture as a function of place: colours from 0 to 255. */
function pixels(width, height, colourAt) {
  const bytes = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      colourAt(x / width, y / height).forEach((value, index) => (bytes[(y * width + x) * 3 + index] = value));
  }
  return bytes;
}

/** Portable pixmap, binary (netpbm, ppm(5)). */
function ppm(width, height, colourAt) {
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels(width, height, colourAt)]);
}

/** PNG (ISO/IEC 15948), 8 bits a colour, no filters. */
function png(width, height, colourAt) {
  const rows = pixels(width, height, colourAt);
  const filtered = Buffer.alloc(height * (width * 3 + 1));
  for (let y = 0; y < height; y++) rows.copy(filtered, y * (width * 3 + 1) + 1, y * width * 3, (y + 1) * width * 3);
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    magic,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filtered, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const mix = (from, to, share) => from.map((value, index) => Math.round(value + (to[index] - value) * share));
/** Sky over a ridge of hills; `seed` moves the hills. */
const landscape = (seed, sky, ground) => (x, y) => {
  const ridge = 0.55 + 0.12 * Math.sin(x * 6 + seed) + 0.05 * Math.sin(x * 17 + seed * 2);
  return y < ridge ? mix(sky, [255, 240, 220], y / ridge) : mix(ground, [10, 20, 15], (y - ridge) / (1 - ridge));
};
const sunset = (x, y) => (Math.hypot(x - 0.5, (y - 0.6) * 0.7) < 0.12 ? [255, 220, 120] : mix([40, 20, 90], [250, 120, 60], y));

/** A sine of `hertz` as WAV, 8 bits, 8000 samples a second. */
function tone(hertz, seconds) {
  const samples = Buffer.from(
    Array.from({ length: 8000 * seconds }, (_, index) => 128 + Math.round(100 * Math.sin((index / 8000) * hertz * 2 * Math.PI))),
  );
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

const lines = (...text) => `${text.join('\n')}\n`;
const table = (rows, row) => lines(...Array.from({ length: rows }, (_, index) => row(index)));

/** The contents of the three volumes, path → bytes or text. */
export function demoFiles() {
  return {
    esp: {
      'README.TXT': lines('The EFI system partition of the demo disk.', 'Its programs are stand-ins: this disk does not boot.'),
      'EFI/BOOT/BOOTX64.EFI': lines('A stand-in for the boot loader at the place where firmware looks for one.'),
      'EFI/demo/grub.cfg': lines(
        'set timeout=3',
        "menuentry 'Demo' {",
        '  search --label photos --set root',
        '  linux /boot/vmlinuz',
        '}',
      ),
      'EFI/demo/fonts/unicode.txt': lines('A stand-in for a font.'),
      'startup.nsh': lines('\\EFI\\BOOT\\BOOTX64.EFI'),
    },
    photos: {
      files: {
        'READ ME.txt': lines(
          'Photos, notes and a recording for trying Diskwright out.',
          'The pictures are computed; no sheep were harmed.',
        ),
        'notes/packing list.txt': lines('tent', 'stove', 'map', 'the other map', 'chocolate'),
        'notes/Wanderwege – Übersicht.md': lines(
          '# Wanderwege',
          '',
          '* Höhenweg: 14 km, mittel',
          '* Seeufer: 6 km, leicht',
          '* Grat: 9 km, schwer',
        ),
        'notes/expenses.csv': table(
          400,
          (index) =>
            `2025-${String(1 + (index % 12)).padStart(2, '0')}-${String(1 + (index % 28)).padStart(2, '0')},${((index * 7919) % 9000) / 100},EUR`,
        ),
        '2025/Zürich/lake at noon.png': png(320, 200, landscape(1, [110, 170, 240], [70, 120, 60])),
        '2025/Zürich/old town.ppm': ppm(240, 160, landscape(4, [160, 180, 200], [150, 110, 80])),
        '2025/Zürich/captions.txt': lines('lake at noon: from the bridge', 'old town: from the tower'),
        '2025/🏔️ mountains/sunrise 🌅.png': png(320, 200, sunset),
        '2025/🏔️ mountains/ridge.png': png(400, 240, landscape(9, [90, 140, 220], [90, 90, 100])),
        '2025/🏔️ mountains/above the clouds.ppm': ppm(320, 200, landscape(2.5, [60, 110, 200], [230, 230, 240])),
        '2025/Fête d’été/feu d’artifice.png': png(200, 200, (x, y) =>
          Math.sin(40 * Math.hypot(x - 0.5, y - 0.5)) > 0.7 ? [255, 200, 80] : [10, 10, 40],
        ),
        'by year/2024/small/one/two/three/four/deep.txt': lines('Nested folders lead here.'),
        'empty.txt': '',
      },
      links: {
        'best of 2025': '2025/🏔️ mountains',
        'latest.png': '2025/Zürich/lake at noon.png',
        'a link whose target is longer than the sixty bytes that fit into an inode':
          '2025/🏔️ mountains/../Zürich/../🏔️ mountains/../Fête d’été/feu d’artifice.png',
      },
      hardLinks: { 'favourite.png': '2025/🏔️ mountains/sunrise 🌅.png' },
      sparse: {
        'recordings/night sky (sparse).raw': Buffer.concat([
          Buffer.from('frame 1'.padEnd(4096, '.')),
          Buffer.alloc(5 * 1024 * 1024),
          Buffer.from('frame 2'.padEnd(4096, '.')),
          Buffer.alloc(3 * 1024 * 1024),
          Buffer.from('frame 3'.padEnd(4096, '.')),
        ]),
      },
    },
    stick: {
      'README.txt': lines('A FAT32 stick: letters, tables and sounds.'),
      'Letters/Einladung zum Sommerfest.txt': lines(
        'Liebe Nachbarn,',
        '',
        'am Samstag wird gegrillt. Bringt Stühle mit!',
        '',
        'Grüße',
        'die Müllers',
      ),
      'Letters/To the landlord.txt': lines('Dear Ms Brown,', '', 'the heating works again. Thank you.', '', 'Yours, flat 3'),
      'Tables/weather.csv': table(
        3000,
        (index) => `${index},${(15 + 10 * Math.sin(index / 58)).toFixed(1)},${(index * 37) % 100}`,
      ),
      'Tables/Größentabelle.csv': table(60, (index) => `${34 + index},${(index * 0.67).toFixed(2)}`),
      'Music/concert pitch.wav': tone(440, 3),
      'Music/low hum.wav': tone(110, 5),
      'Pictures/postcard.ppm': ppm(200, 140, landscape(6, [200, 220, 250], [60, 140, 90])),
    },
  };
}
