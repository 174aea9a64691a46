package dev.gatehouse.testing;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/** Makes responses ignore a flush while their body is empty, as Open Liberty does. */
public final class LateFlush extends HttpFilter {

  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(request, new LateResponse(response));
  }

  private static final class LateResponse extends HttpServletResponseWrapper {

    private boolean written;

    LateResponse(HttpServletResponse response) {
      super(response);
    }

    @Override
    public void flushBuffer() throws IOException {
      if (written) {
        super.flushBuffer();
      }
    }

    @Override
    public PrintWriter getWriter() throws IOException {
      Writer target = super.getWriter();
      return new PrintWriter(
          new Writer() {
            @Override
            public void write(char[] characters, int offset, int length) throws IOException {
              written |= length > 0;
              target.write(characters, offset, length);
            }

            @Override
            public void flush() throws IOException {
              if (written) {
                target.flush();
              }
            }

            @Override
            public void close() throws IOException {
              target.close();
            }
          });
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
      ServletOutputStream target = super.getOutputStream();
      return new ServletOutputStream() {
        @Override
        public void write(int octet) throws IOException {
          written = true;
          target.write(octet);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          written |= length > 0;
          target.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
          if (written) {
            target.flush();
          }
        }

        @Override
        public void close() throws IOException {
          target.close();
        }

        @Override
        public boolean isReady() {
          return target.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
          target.setWriteListener(listener);
        }
      };
    }
  }
}
