import { DEFAULT_PROJECT, type ProjectId, type SettingName, type Store } from '@halfrate/core'
import { changeSetting } from '../change-setting.js'

/** The document that names projects of which something was set by hand. It only grows, and is read with what it leads to. */
const NAMED_PROJECTS_SETTING: SettingName = { scope: 'store', name: 'named-projects' }

interface NamedProjects {
  readonly projects: readonly ProjectId[]
}

/**
 * Notes that something is about to be set of a project, so that {@link namedProjects} leads to it. Written before that is: a
 * crash in between leaves a name that leads to nothing, and never a budget or a pause that nobody finds.
 */
export async function nameProject(
  store: Pick<Store, 'getSetting' | 'putSetting'>,
  project: ProjectId,
): Promise<void> {
  if (project === DEFAULT_PROJECT) return
  await changeSetting(store, NAMED_PROJECTS_SETTING, (value) => {
    const { projects = [] } = (value ?? {}) as Partial<NamedProjects>
    if (projects.includes(project)) return null
    return { value: { projects: [...projects, project].sort() } satisfies NamedProjects }
  })
}

/** The default project, and every other one of which a budget or a pause was ever set, by name. */
export async function namedProjects(
  store: Pick<Store, 'getSetting'>,
): Promise<readonly ProjectId[]> {
  const value = (await store.getSetting(NAMED_PROJECTS_SETTING))?.value ?? {}
  const { projects = [] } = value as Partial<NamedProjects>
  return [DEFAULT_PROJECT, ...projects]
}
