import { createRequire } from 'node:module'
import maxmind, { type AsnResponse, type CityResponse, type Reader, type Response } from 'maxmind'
import { ConfigError } from '../config.ts'
import { placeJson } from './click-record.ts'
import { type HostingLog, openHostingFile } from './hosting-file.ts'

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
  /** The address is a data centre's, by the operator's list; false where there is none. */
  hosting: boolean
}

/** A place, and the piece of a hit's record that says it. */
export interface KnownPlace extends Place {
  json: string
}

export interface Geo {
  /** @param address IPv4 or IPv6 as `ClientAddress.address`, or empty */
  placeOf(address: string): KnownPlace
  /** Ends the looking for changes of the operator's list of data centres. */
  close(): void
}

export interface GeoFiles {
  /** A GeoIP2/GeoLite2-City-like mmdb of the operator's: gives region and city. */
  city?: string
  /** A GeoLite2-ASN-like mmdb of the operator's: gives the network number. */
  network?: string
  /** The operator's list of data-centre networks (`openHostingFile`), read again whenever it changes. */
  hosting?: string
}

/** The operator's files among the settings. */
export function geoFiles(config: {
  cityDatabase: string | null
  networkDatabase: string | null
  hostingFile: string | null
}): GeoFiles {
  return {
    ...(config.cityDatabase ? { city: config.cityDatabase } : {}),
    ...(config.networkDatabase ? { network: config.networkDatabase } : {}),
    ...(config.hostingFile ? { hosting: config.hostingFile } : {}),
  }
}

const NOWHERE = withJson({ country: '', region: '', cityId: 0, networkNumber: 0, hosting: false })

/**
 * Opens the packaged CC0 country database (8 MB, in memory) and the operator's files where given.
 *
 * @param log hears what is wrong in the list of data centres
 * @throws {ConfigError} naming the file that cannot be read or is no mmdb
 */
export async function openGeo(files: GeoFiles = {}, log: HostingLog = SILENT): Promise<Geo> {
  const packaged = createRequire(import.meta.url).resolve(
    '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
  )
  const countries = files.city ? null : await maxmind.open<Response & CountryOnly>(packaged)
  const cities = files.city ? await openFile<CityResponse>('JEJAK_CITY_DATABASE', files.city) : null
  const networks = files.network ? await openFile<AsnResponse>('JEJAK_NETWORK_DATABASE', files.network) : null
  const hostings = files.hosting
    ? await openHostingFile(files.hosting, { log, numbersKnown: networks !== null })
    : null
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
      const networkNumber = networks?.get(address)?.autonomous_system_number ?? 0
      const hosting = hostings?.holds(address, networkNumber) ?? false
      return networkNumber !== 0 || hosting ? withJson({ ...place, networkNumber, hosting }) : place
    },
    close: () => hostings?.close(),
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
    hosting: false,
  })
}

async function openFile<Entry extends Response>(variable: string, path: string): Promise<Reader<Entry>> {
  try {
    return await maxmind.open<Entry>(path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError(variable, `${variable}: ${path} cannot be used: ${reason}`)
  }
}

const SILENT: HostingLog = { info() {}, warn() {} }
