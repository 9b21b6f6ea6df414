import { randomBytes } from 'node:crypto'
import type { KeyStore, SaltStore } from './control.ts'
import { inRevision } from './revision.ts'
import type { Database } from './schema.ts'

const SECRET_BYTES = 32
const CLICK_ID = 'click-id'

export function saltStore(database: Database): SaltStore {
  return {
    async forDay(siteId, day, now) {
      const find = () =>
        database.selectFrom('salts').select('salt').where('site_id', '=', siteId).where('day', '=', day)
      const known = await find().executeTakeFirst()
      if (known !== undefined) return Buffer.from(known.salt, 'hex')
      await database
        .insertInto('salts')
        .values({ site_id: siteId, day, salt: newSecret(), created_at: now })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const { salt } = await find().executeTakeFirstOrThrow()
      return Buffer.from(salt, 'hex')
    },

    async deleteBefore(siteId, day) {
      await database.deleteFrom('salts').where('site_id', '=', siteId).where('day', '<', day).execute()
    },
  }
}

export function keyStore(database: Database): KeyStore {
  const latest = (count: number) =>
    database
      .selectFrom('keys')
      .select(['generation', 'secret'])
      .where('purpose', '=', CLICK_ID)
      .orderBy('generation', 'desc')
      .limit(count)
      .execute()

  async function current(): Promise<Buffer> {
    const [known] = await latest(1)
    if (known !== undefined) return Buffer.from(known.secret, 'hex')
    await addKey(database, 1)
    return current()
  }

  return {
    current,

    async previous() {
      const [, before] = await latest(2)
      return before === undefined ? null : Buffer.from(before.secret, 'hex')
    },

    async rotate() {
      await current()
      await inRevision(database, async (transaction) => {
        const { generation } = await transaction
          .selectFrom('keys')
          .select('generation')
          .where('purpose', '=', CLICK_ID)
          .orderBy('generation', 'desc')
          .limit(1)
          .executeTakeFirstOrThrow()
        await addKey(transaction, generation + 1)
        await transaction
          .deleteFrom('keys')
          .where('purpose', '=', CLICK_ID)
          .where('generation', '<', generation)
          .execute()
      })
    },
  }
}

/** Does nothing where that generation is there: of processes that start together, one makes the key. */
async function addKey(database: Database, generation: number): Promise<void> {
  await database
    .insertInto('keys')
    .values({ purpose: CLICK_ID, generation, secret: newSecret(), created_at: Date.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('hex')
}
