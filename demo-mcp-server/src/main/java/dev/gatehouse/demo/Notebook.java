package dev.gatehouse.demo;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;

/**
 * Everybody's notes, in an embedded H2 database. Safe for use by many threads.
 *
 * <p>Each statement names the owner: there is no way to reach a note by its id alone.
 */
final class Notebook implements AutoCloseable {

  /** The longest text of a note, in characters (Unicode code points). */
  static final int MAX_TEXT = 4_000;

  /** The most notes one owner can have: all of them still make a list that is quick to read. */
  static final int MAX_NOTES = 100;

  // H2 counts UTF-16 units, of which a character takes up to two.
  private static final String TABLE =
      """
      create table if not exists note (
        entry bigint generated always as identity primary key,
        id varchar(%d) not null unique,
        issuer varchar not null,
        owner_kind varchar(6) not null,
        owner_name varchar not null,
        content varchar(%d) not null,
        created_at timestamp(3) with time zone not null
      )
      """
          .formatted(Note.ID_LENGTH, 2 * MAX_TEXT);

  private static final String INDEX =
      "create index if not exists note_of_owner on note(owner_name, owner_kind, issuer)";

  private static final String OF_OWNER = " issuer = ? and owner_kind = ? and owner_name = ?";

  private final JdbcConnectionPool pool;

  private Notebook(String url) throws SQLException {
    var source = new JdbcDataSource();
    source.setURL(url);
    pool = JdbcConnectionPool.create(source);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(TABLE);
      statement.execute(INDEX);
    } catch (SQLException e) {
      pool.dispose();
      throw e;
    }
  }

  /** A notebook that is gone when it is closed. */
  static Notebook inMemory() throws SQLException {
    return new Notebook("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
  }

  /**
   * A notebook that is kept in a directory.
   *
   * @throws SQLException if it can't be opened, for example because another process has it open
   */
  static Notebook in(Path directory) throws SQLException {
    return new Notebook(DataDirectory.url(directory, "notes"));
  }

  /** The owner's notes, oldest first. */
  List<Note> list(Owner owner) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "select id, content, created_at from note where" + OF_OWNER + " order by entry")) {
      bindOwner(statement, 1, owner);
      var notes = new ArrayList<Note>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          notes.add(note(rows));
        }
      }
      return notes;
    }
  }

  /**
   * Writes a note.
   *
   * @return empty when the owner has {@value #MAX_NOTES} notes already
   */
  Optional<Note> add(Owner owner, String text) throws SQLException {
    var note = new Note(UUID.randomUUID().toString(), text, now());
    try (Connection connection = pool.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "insert into note (id, issuer, owner_kind, owner_name, content, created_at)"
                    + " select ?, ?, ?, ?, ?, ? where (select count(*) from note where"
                    + OF_OWNER
                    + ") < "
                    + MAX_NOTES)) {
      statement.setString(1, note.id());
      bindOwner(statement, 2, owner);
      statement.setString(5, note.text());
      statement.setObject(6, OffsetDateTime.ofInstant(note.createdAt(), ZoneOffset.UTC));
      bindOwner(statement, 7, owner);
      return statement.executeUpdate() == 1 ? Optional.of(note) : Optional.empty();
    }
  }

  /**
   * One note of the owner.
   *
   * @return empty when there is no such note, and just so when it is somebody else's
   */
  Optional<Note> find(Owner owner, String id) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "select id, content, created_at from note where id = ? and" + OF_OWNER)) {
      statement.setString(1, id);
      bindOwner(statement, 2, owner);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(note(rows)) : Optional.empty();
      }
    }
  }

  /**
   * Deletes one note of the owner.
   *
   * @return false when there is no such note, and just so when it is somebody else's
   */
  boolean delete(Owner owner, String id) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("delete from note where id = ? and" + OF_OWNER)) {
      statement.setString(1, id);
      bindOwner(statement, 2, owner);
      return statement.executeUpdate() == 1;
    }
  }

  /** Writes everything to disk and lets go of the files. */
  @Override
  public void close() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("shutdown");
    } finally {
      pool.dispose();
    }
  }

  private static void bindOwner(PreparedStatement statement, int first, Owner owner)
      throws SQLException {
    statement.setString(first, owner.issuer());
    statement.setString(first + 1, owner.kind().name());
    statement.setString(first + 2, owner.name());
  }

  private static Note note(ResultSet rows) throws SQLException {
    return new Note(
        rows.getString("id"),
        rows.getString("content"),
        rows.getObject("created_at", OffsetDateTime.class).toInstant());
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }
}
