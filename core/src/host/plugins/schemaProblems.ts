import { validateManifest, type ValidationError } from '@diskwright/sdk/protocol';
import { dottedPath, type ManifestProblem } from './manifestProblem';

/** Everything in which a package.json is not as the manifest's schema says. */
export function schemaProblems(packageJson: unknown): ManifestProblem[] {
  const errors = validateManifest(packageJson) ? [] : collapseUnions(validateManifest.errors ?? []);
  return [...errors.map((error) => inWords(error, packageJson)), ...programProblems(packageJson)];
}

/** It is either JavaScript or in another language. */
function programProblems(packageJson: unknown): ManifestProblem[] {
  const section = (packageJson as { diskwright?: unknown } | null)?.diskwright;
  if (typeof section !== 'object' || section === null) return [];
  const [hasMain, hasCommand] = ['main' in section, 'command' in section];
  if (hasMain !== hasCommand) return [];
  const path = 'diskwright';
  if (hasMain)
    return [{ path, message: 'it has both "main" and "command"', mend: 'Keep "main" for JavaScript, "command" for the rest.' }];
  return [{ path, message: '"main" is missing', mend: 'Add "main", or "command" for another language than JavaScript.' }];
}

/**
 * The validator lists what is wrong with every alternative of a union. Authors meant one of them: of constants, the list of those allowed stays; of
 * objects told apart by `type`, the errors of the one with that type.
 */
function collapseUnions(errors: ValidationError[]): ValidationError[] {
  const result: ValidationError[] = [];
  for (const error of errors) {
    if (error.keyword !== 'anyOf') {
      result.push(error);
      continue;
    }
    const first = result.findIndex((child) => isBelow(child, error));
    const children = first < 0 ? [] : result.splice(first);
    result.push(...collapse(error, children));
  }
  return result;
}

function isBelow(child: ValidationError, union: ValidationError): boolean {
  return child.schemaPath.startsWith(`${union.schemaPath}/`) && child.instancePath.startsWith(union.instancePath);
}

function collapse(union: ValidationError, children: ValidationError[]): ValidationError[] {
  if (children.every(({ keyword, instancePath }) => keyword === 'const' && instancePath === union.instancePath)) {
    return [{ ...union, keyword: 'enum', params: { allowedValues: children.map(({ params }) => params['allowedValue']) } }];
  }
  const branches = groupBy(children, (child) => branchOf(child, union));
  const typePath = `${union.instancePath}/type`;
  const meant = [...branches.values()].filter((branch) =>
    branch.every((child) => !saysOtherType(child, union.instancePath, typePath)),
  );
  if (meant.length === 1) return meant[0]!;
  const types = children
    .filter((child) => child.instancePath === typePath)
    .flatMap(({ params }) => params['allowedValue'] ?? params['allowedValues'] ?? []);
  return [{ ...union, instancePath: typePath, keyword: 'enum', params: { allowedValues: [...new Set(types)] } }];
}

function branchOf(child: ValidationError, union: ValidationError): string {
  return child.schemaPath.slice(union.schemaPath.length + 1).split('/', 1)[0]!;
}

function saysOtherType(child: ValidationError, unionPath: string, typePath: string): boolean {
  if (child.instancePath === typePath) return true;
  return child.instancePath === unionPath && child.keyword === 'required' && child.params['missingProperty'] === 'type';
}

function groupBy<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function inWords(error: ValidationError, root: unknown): ManifestProblem {
  const path = dottedPath(error.instancePath);
  const value = JSON.stringify(valueAt(root, error.instancePath))?.slice(0, 80) ?? 'missing';
  const params = error.params;
  switch (error.keyword) {
    case 'required':
      return {
        path,
        message: `"${String(params['missingProperty'])}" is missing`,
        mend: `Add "${String(params['missingProperty'])}".`,
      };
    case 'additionalProperties': {
      const name = String(params['additionalProperty']);
      return { path, message: `"${name}" is not known here`, mend: `Remove "${name}", or check how it is spelled.` };
    }
    case 'enum': {
      const allowed = (params['allowedValues'] as unknown[]).map((allowed) => JSON.stringify(allowed)).join(', ');
      return { path, message: `${value} is not allowed`, mend: `Use one of ${allowed}.` };
    }
    case 'const':
      return { path, message: `${value} is not allowed`, mend: `Use ${JSON.stringify(params['allowedValue'])}.` };
    case 'pattern':
      return { path, message: `${value} is not of the right form`, mend: patternMend(path, String(params['pattern'])) };
    case 'type':
      return { path, message: `${value} is of the wrong type`, mend: `Make it of type ${String(params['type'])}.` };
    default:
      return {
        path,
        message: `${value} ${error.message ?? 'is not allowed'}`,
        mend: 'Change it so that it is within these bounds.',
      };
  }
}

function patternMend(path: string, pattern: string): string {
  if (path === 'version') return 'Write a version such as 1.2.3.';
  if (path === 'name') return 'Write an npm package name: small letters, digits, dots and dashes.';
  if (path.includes('.capabilities[')) return 'Write device.read, device.write or files.write:picked.';
  if (path.endsWith('.bytes')) return 'Write 1 to 64 bytes in small hexadecimal digits, such as "53ef".';
  if (path.endsWith('.id')) return 'Write words of letters and digits joined by dots or dashes, such as "disk-clone.cloneDisk".';
  return `Write it so that it matches ${pattern}.`;
}

function valueAt(root: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], root);
}
