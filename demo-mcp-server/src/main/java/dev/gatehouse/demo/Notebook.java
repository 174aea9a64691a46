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
 * The notes of all owners, in an embedded H2 database. This class is thread-safe.
 *
 * <p>Each statement names the owner, so no note can be accessed by its id alone.
 */
final class Notebook implements AutoCloseable {

  /** The maximum length of a note, in characters (Unicode code points). */
  static final int MAX_TEXT = 4_000;

  /** The maximum number of notes of one owner, so that a list of them stays small. */
  static final int MAX_NOTES = 100;

  // H2 counts UTF-16 code units; a character has up to two.
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

  /** Creates a notebook whose notes are lost when it is closed. */
  static Notebook inMemory() throws SQLException {
    return new Notebook("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
  }

  /**
   * Opens or creates the notebook in a directory.
   *
   * @throws SQLException if it can't be opened, for example because another process has opened it
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
   * Adds a note.
   *
   * @return empty if the owner already has {@value #MAX_NOTES} notes
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
   * Finds a note of the owner.
   *
   * @return empty if the note does not exist or has another owner
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
   * Deletes a note of the owner.
   *
   * @return false if the note does not exist or has another owner
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

  /** Writes everything to disk and closes the files. */
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
