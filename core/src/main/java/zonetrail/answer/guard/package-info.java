/// What stands between an answer and the network it would go to: guards against being used to harm
/// others, or by others to harm us.
///
/// [zonetrail.answer.guard.RateLimit] sees to it that forged queries cannot make this server flood
/// the network whose addresses they bear; [zonetrail.answer.guard.Cookies] knows clients that are
/// really there. Nothing here knows zones, sockets or clocks: octets of a message and the time come
/// in, a verdict goes out.
///
/// Read first: [zonetrail.answer.guard.RateLimit]. RFCs: 7873, 9018.
@NullMarked
package zonetrail.answer.guard;

import org.jspecify.annotations.NullMarked;
