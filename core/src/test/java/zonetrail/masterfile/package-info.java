/// Tests of the master-file reader: rules by their RFC section, properties over seeded generators,
/// and other implementations as oracles.
@NullMarked
package zonetrail.masterfile;

import org.jspecify.annotations.NullMarked;
