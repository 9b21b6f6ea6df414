import type { Control } from './control.ts'
import { conversionLedger } from './conversions.ts'
import { openDatabase } from './database.ts'
import { domainStore } from './domains.ts'
import { createExclusively } from './exclusive.ts'
import { ensureDefaults } from './first-start.ts'
import { goalStore } from './goals.ts'
import { linkStore } from './links.ts'
import { migrateControl } from './migrate.ts'
import { pageKindStore } from './page-kinds.ts'
import { ruleStore } from './rules.ts'
import { keyStore, saltStore } from './secrets.ts'
import { siteStore } from './sites.ts'

export interface ControlOptions {
  /** Host of the default domain, from `JEJAK_PUBLIC_URL`: lower case, with a port where it is not the default one. */
  defaultDomain: string
  /**
   * Whether a default domain of another host takes this one (the standard), or stays as it is: a command beside the
   * running service may not know under which host that is reached.
   */
  renameDomain?: boolean
}

/**
 * Opens the control store, brings its schema up to date, and makes the site `default` and the default domain where
 * they are missing. Any number of processes may open one store, also at the same moment.
 *
 * `url` is `sqlite:/absolute/path/control.db` or `postgres://…`.
 *
 * @throws {ControlError} `bad_url`; the driver's own error where the store cannot be reached.
 * @example
 * const control = await openControl('sqlite:/var/lib/jejak/control.db', { defaultDomain: 'go.example' })
 */
export async function openControl(url: string, options: ControlOptions): Promise<Control> {
  const { database, engine } = await openDatabase(url)
  try {
    await migrateControl(database, engine)
    await ensureDefaults(database, options.defaultDomain, options.renameDomain ?? true)
  } catch (error) {
    await database.destroy()
    throw error
  }
  return {
    sites: siteStore(database),
    domains: domainStore(database),
    links: linkStore(database),
    rules: ruleStore(database),
    goals: goalStore(database),
    pageKinds: pageKindStore(database),
    conversions: conversionLedger(database),
    salts: saltStore(database),
    keys: keyStore(database),
    exclusively: createExclusively(database, engine),
    close: () => database.destroy(),
  }
}
