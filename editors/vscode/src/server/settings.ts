/**
 * What of the editor's settings the server is told: only what somebody chose, so that the defaults here do not hide
 * what the user's own file or environment says. Must not know VS Code or what a setting brings about.
 */

/** Where a value was chosen; VS Code's `inspect` has the same names. */
export interface Chosen {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

export interface SettingKey {
  /** Without the section: `model.fimPath`. */
  readonly key: string;
  /** Whether a workspace that is not trusted may not set it. */
  readonly isRestricted: boolean;
}

interface Manifest {
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
  };
}

const SECTION = "scholiast.";
const OWN = /^(?:server|trace)\./;

/** The server's settings among those of the extension's manifest. */
export function settingKeys(manifest: Manifest): SettingKey[] {
  const restricted = new Set(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations);
  return manifest.contributes.configuration
    .flatMap(({ properties }) => Object.keys(properties))
    .map((name) => ({ key: name.slice(SECTION.length), isRestricted: restricted.has(name) }))
    .filter(({ key }) => !OWN.test(key));
}

/** The values that were chosen, nested by their dots. */
export function chosenSettings(
  keys: readonly SettingKey[],
  inspect: (key: string) => Chosen | undefined,
  isTrusted: boolean,
): Record<string, Record<string, unknown>> {
  const values: Record<string, Record<string, unknown>> = {};
  for (const { key, isRestricted } of keys) {
    const value = chosenValue(inspect(key), isTrusted || !isRestricted);
    const [section, name] = key.split(".");
    if (value !== undefined && section !== undefined && name !== undefined) {
      (values[section] ??= {})[name] = value;
    }
  }
  return values;
}

function chosenValue(found: Chosen | undefined, usesWorkspace: boolean): unknown {
  return usesWorkspace
    ? (found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue)
    : found?.globalValue;
}
