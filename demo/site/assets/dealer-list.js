export const COUNTRIES = {
  DE: 'Germany',
  AT: 'Austria',
  CH: 'Switzerland',
  NL: 'Netherlands',
  GB: 'United Kingdom',
  MY: 'Malaysia',
}

export async function loadDealers() {
  const { dealers } = await (await fetch('/dealers.json')).json()
  return dealers
}

/** `Zürich` is found by `zurich`, `Königstraße` by `konigstrasse`. */
function plain(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss').toLowerCase()
}

/** Dealers that have every word of the question in their name, town, postcode or street. */
export function search(dealers, { q = '', country = '', charging = false }) {
  const words = plain(q)
    .split(/[\s,]+/)
    .filter((word) => word !== '')
  return dealers.filter((dealer) => {
    if (country !== '' && dealer.country !== country) return false
    if (charging && !dealer.services.includes('fast charging')) return false
    const text = plain(
      [dealer.name, dealer.city, dealer.postcode, dealer.street, COUNTRIES[dealer.country]].join(' '),
    )
    return words.every((word) => text.includes(word))
  })
}
