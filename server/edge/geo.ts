import { createRequire } from 'node:module'
import maxmind, { type AsnResponse, type CityResponse, type Reader, type Response } from 'maxmind'
import { placeJson } from './click-record.ts'

/** Where an address is, as far as the databases at hand know. */
export interface Place {
  /** ISO 3166-1 alpha-2, upper case; empty where unknown. */
  country: string
  /** ISO 3166-2 code of the first subdivision without the country, where a city database is given. */
  region: string
  /** GeoNames id, 0 where unknown. */
  cityId: number
  /** Autonomous system number, 0 where unknown. */
  networkNumber: number
}

/** A place, and the piece of a hit's record that says it. */
export interface KnownPlace extends Place {
  json: string
}

export interface Geo {
  /** @param address IPv4 or IPv6 as `ClientAddress.address`, or empty */
  placeOf(address: string): KnownPlace
}

export interface GeoFiles {
  /** A GeoIP2/GeoLite2-City-like mmdb of the operator's: gives region and city. */
  city?: string
  /** A GeoLite2-ASN-like mmdb of the operator's: gives the network number. */
  network?: string
}

const NOWHERE = withJson({ country: '', region: '', cityId: 0, networkNumber: 0 })

/**
 * Opens the packaged CC0 country database (8 MB, in memory) and the operator's files where given.
 *
 * @throws {Error} naming the file that cannot be read or is no mmdb
 */
export async function openGeo(files: GeoFiles = {}): Promise<Geo> {
  const packaged = createRequire(import.meta.url).resolve(
    '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
  )
  const countries = files.city ? null : await openFile<Response & CountryOnly>(packaged)
  const cities = files.city ? await openFile<CityResponse>(files.city) : null
  const networks = files.network ? await openFile<AsnResponse>(files.network) : null
  /** One object per country, since most look-ups know nothing more. */
  const byCountry = new Map<string, KnownPlace>([['', NOWHERE]])

  function countryPlace(country: string): KnownPlace {
    let place = byCountry.get(country)
    if (!place) {
      place = withJson({ ...NOWHERE, country })
      byCountry.set(country, place)
    }
    return place
  }

  return {
    placeOf(address) {
      if (address === '') return NOWHERE
      const city = cities?.get(address)
      const place = city ? cityPlace(city) : countryPlace(countries?.get(address)?.country_code ?? '')
      const network = networks?.get(address)
      return network ? withJson({ ...place, networkNumber: network.autonomous_system_number }) : place
    },
  }
}

interface CountryOnly {
  country_code?: string
}

function withJson(place: Place): KnownPlace {
  return { ...place, json: placeJson(place) }
}

function cityPlace(city: CityResponse): KnownPlace {
  return withJson({
    country: city.country?.iso_code ?? city.registered_country?.iso_code ?? '',
    region: city.subdivisions?.[0]?.iso_code ?? '',
    cityId: city.city?.geoname_id ?? 0,
    networkNumber: 0,
  })
}

async function openFile<Entry extends Response>(path: string): Promise<Reader<Entry>> {
  try {
    return await maxmind.open<Entry>(path)
  } catch (error) {
    throw new Error(
      `geography file ${path} cannot be used: ${error instanceof Error ? error.message : error}`,
    )
  }
}
