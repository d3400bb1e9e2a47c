/// What the parts of a server cost, by JMH: time, and octets allocated.
///
/// `mvn -Pbench -pl bench -am verify` measures; CONTRIBUTING.md says how to measure less. Figures
/// of a busy machine say nothing.
@NullMarked
package zonetrail.bench;

import org.jspecify.annotations.NullMarked;
