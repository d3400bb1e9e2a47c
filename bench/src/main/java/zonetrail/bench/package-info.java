/// What the parts of a server cost, by JMH: time, CPU time, and octets allocated.
///
/// `mvn -Pbench -pl bench -am verify` measures; CONTRIBUTING.md says how to measure less. On a busy
/// machine only the CPU time and the octets say something.
@NullMarked
package zonetrail.bench;

import org.jspecify.annotations.NullMarked;
