import type { SettingName, Store } from '@halfrate/core'

/**
 * Changes a settings document by compare and set, so that what others change meanwhile is built upon and not overwritten.
 *
 * `decide` gets the value, null for none, maybe several times, and answers the new one, or null to leave it. Answers whether
 * it was changed.
 */
export async function changeSetting(
  store: Pick<Store, 'getSetting' | 'putSetting'>,
  name: SettingName,
  decide: (value: unknown) => { readonly value: unknown } | null,
): Promise<boolean> {
  for (;;) {
    const stored = await store.getSetting(name)
    const after = decide(stored?.value ?? null)
    if (after === null) return false
    const ifVersion = stored?.version ?? null
    if ((await store.putSetting({ ...name, value: after.value, ifVersion })) !== null) return true
  }
}
