import type { RuleField, RuleOperator } from '../../../../server/domain/rules/rule.ts'
import { CLOSED_FIELDS, RULE_FIELDS, RULE_OPERATORS } from '../../../../server/domain/rules/rule.ts'

export const FIELD_LABELS: Record<RuleField, string> = {
  channel: 'Channel',
  source: 'Source',
  medium: 'Medium',
  campaign: 'Campaign',
  platform: 'Platform',
  referrer_host: 'Referrer host',
  landing_path: 'Landing path',
  click_id_kind: 'Click id',
  country: 'Country',
  link: 'Short link',
}

export const OPERATOR_LABELS: Record<RuleOperator, string> = {
  is: 'is',
  is_not: 'is not',
  contains: 'contains',
  matches: 'matches pattern',
}

/** What a value of the field looks like. */
export const FIELD_HINTS: Record<RuleField, string> = {
  channel: 'As the built-in rules find it',
  source: 'A name as reports show it: Google, Facebook, partner.example',
  medium: 'As reports show it: cpc, email, social',
  campaign: 'utm_campaign, as reports show it',
  platform: 'As reports show it: instagram, x, youtube',
  referrer_host: 'A host, and every host below it: partner.example',
  landing_path: 'Begins with a slash: /test-drive',
  click_id_kind: 'Which of them the address carries',
  country: 'Two letters: MY, DE',
  link: 'domain/slug: go.example.com/spring',
}

export const FIELDS = RULE_FIELDS.map((value) => ({ value, label: FIELD_LABELS[value] }))

export function operatorsFor(field: RuleField): { value: RuleOperator; label: string }[] {
  return RULE_OPERATORS.filter((operator) => !CLOSED_FIELDS.has(field) || operator.startsWith('is')).map(
    (value) => ({ value, label: OPERATOR_LABELS[value] }),
  )
}
