import { messageIn } from '../../sandbox/conformance/hl7-evidence.ts';
import type { SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import { modeOf } from '../../sandbox/hl7v2/enhanced.ts';

const acknowledgement = ({ reply }: SeenExchange): string | undefined => messageIn(reply?.body)?.encoded('MSA-1');

const isAboutNobody = ({ request }: SeenExchange): boolean => {
  const message = messageIn(request.body);
  return message?.text('MSH-9.1') === 'ADT' && message.text('PID-3.1') === '';
};

/** In enhanced mode, and not refused in it: what it says may be the reason for that. */
const isEnhanced = (exchange: SeenExchange): boolean => {
  const message = messageIn(exchange.request.body);
  const asked = message !== undefined && modeOf(message)?.accept === 'AL';
  return asked && ['CA', 'AA', 'AE', 'AR'].includes(acknowledgement(exchange) ?? '');
};

/**
 * Names messages that merely passed as a driven run would have named them: the one that came twice with its second
 * acknowledgement, else the first that was accepted; one in enhanced mode; one about nobody.
 */
export const nameHl7Steps = (exchanges: readonly SeenExchange[]): readonly (readonly [SeenExchange, string])[] => {
  const twice = exchanges.find((one) =>
    exchanges.some((other) => other !== one && other.request.body === one.request.body),
  );
  const again = exchanges.find((one) => one !== twice && one.request.body === twice?.request.body);
  const accepted = twice ?? exchanges.find((one) => acknowledgement(one) === 'AA');
  const kinds: readonly (readonly [string, SeenExchange | undefined])[] = [
    ['hl7-again', again],
    ['hl7-accepted', accepted],
    ['hl7-enhanced', exchanges.find(isEnhanced)],
    ['hl7-no-patient', exchanges.find(isAboutNobody)],
  ];
  return exchanges.map((exchange) => [exchange, kinds.find(([, one]) => one === exchange)?.[0] ?? exchange.id]);
};
