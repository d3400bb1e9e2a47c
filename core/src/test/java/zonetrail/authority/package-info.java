/// Tests of the authority's decisions: inputs and a clock of their own in, effects out.
@NullMarked
package zonetrail.authority;

import org.jspecify.annotations.NullMarked;
